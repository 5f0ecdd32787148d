// SPDX-License-Identifier: Apache-2.0
/**
 * One class that takes the place of a class of Apache Ratis 3.3.0, and nothing else: Ratis looks it
 * up by this name, and the class path of this program has it first. It can go, with this package,
 * when Ratis itself keeps the old file if the new one could not be written.
 */
@NullMarked
package org.apache.ratis.util;

import org.jspecify.annotations.NullMarked;
