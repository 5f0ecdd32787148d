// SPDX-License-Identifier: Apache-2.0
/**
 * Quiver's shards, over HTTP.
 *
 * <p>What lives here: clients of a shard's API (docs/quiver-contract.md), and points as rows of the
 * bytes that a shard wrote. What never will: the decision what to move where, the log, a retry that
 * the caller did not ask for.
 */
@NullMarked
package io.quiverdb.coordinator.shard;

import org.jspecify.annotations.NullMarked;
