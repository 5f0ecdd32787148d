// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

/** Decides the fate of each request to a shard. */
@FunctionalInterface
interface Weather {
  Fate fate(Call call, SimShard shard);
}
