// SPDX-License-Identifier: Apache-2.0
/**
 * The command line. It starts a server or a dev cluster; all other commands call a running member
 * over REST. No rule of the shard map ever lives here.
 */
@NullMarked
package io.quiverdb.coordinator.cli;

import org.jspecify.annotations.NullMarked;
