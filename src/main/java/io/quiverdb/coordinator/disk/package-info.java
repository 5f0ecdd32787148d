// SPDX-License-Identifier: Apache-2.0
/**
 * Files and directories that survive a loss of power and that no other user may read.
 *
 * <p>What lives here: how a file is brought to disk together with its name, and with which rights
 * it is made. What never will: what stands in a file.
 */
@NullMarked
package io.quiverdb.coordinator.disk;

import org.jspecify.annotations.NullMarked;
