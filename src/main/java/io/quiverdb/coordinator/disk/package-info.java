// SPDX-License-Identifier: Apache-2.0
/**
 * Files and directories that survive a power loss and that no other user can read.
 *
 * <p>What lives here: how a file is forced to disk together with its name, and with which rights it
 * is created. What never will: the content of a file.
 */
@NullMarked
package io.quiverdb.coordinator.disk;

import org.jspecify.annotations.NullMarked;
