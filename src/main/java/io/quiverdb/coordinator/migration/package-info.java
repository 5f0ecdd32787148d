// SPDX-License-Identifier: Apache-2.0
/**
 * Moves points between live shards without losing an acknowledged write
 * (docs/migration-protocol.md).
 *
 * <p>What lives here: the pure plan of what comes next, and what the leader runs. The work of a
 * phase lives in the packages below, as sequential code over small ports. The same classes run in
 * production and in the simulation; none of them knows which. What never will: HTTP, a thread or a
 * clock of its own, a rule of the map (package {@code state} decides which step is legal).
 */
@NullMarked
package io.quiverdb.coordinator.migration;

import org.jspecify.annotations.NullMarked;
