// SPDX-License-Identifier: Apache-2.0
/**
 * Waits for a proven condition, and watches during a step.
 *
 * <p>What lives here: the barrier that every router passes, waits that count only while all shards
 * and routers answer, the record of requests whose outcome is unknown, and the watches over routers
 * and over the joining shard. What never will: a change of a shard's points or collections.
 */
@NullMarked
package io.quiverdb.coordinator.migration.wait;

import org.jspecify.annotations.NullMarked;
