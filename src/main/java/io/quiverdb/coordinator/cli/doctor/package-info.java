// SPDX-License-Identifier: Apache-2.0
/**
 * What the command {@code doctor} looks at, from the machine on which it is typed. Each check is a
 * function of what was seen; asking is done in one place.
 */
@NullMarked
package io.quiverdb.coordinator.cli.doctor;

import org.jspecify.annotations.NullMarked;
