// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.shard.ShardApi;

/**
 * What calls to shards need, of a migration or of a check.
 *
 * @param shards all shards, by URL
 * @param time the clock
 * @param control whether the work is still wanted
 * @param batchBytes the most bytes of points in one request
 */
public record CallContext(ShardApi shards, Time time, CallControl control, int batchBytes) {}
