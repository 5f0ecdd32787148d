// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: what an operator types. It starts a server or a dev cluster; everything else it
 * asks of a running member over REST. No rule of the shard map ever lives here.
 */
@NullMarked
package io.quiverdb.coordinator.cli;

import org.jspecify.annotations.NullMarked;
