// SPDX-License-Identifier: Apache-2.0
/**
 * One class that takes the place of a class of Apache Ratis 3.3.0, and nothing else: Ratis looks it
 * up by this name, and the class path of this program has it first. It can go, with this package,
 * when Ratis itself confirms no read without a majority that answered after the read began.
 */
@NullMarked
package org.apache.ratis.server.impl;

import org.jspecify.annotations.NullMarked;
