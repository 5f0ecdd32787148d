// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.HealthyWait;
import io.quiverdb.coordinator.migration.step.WaitContext;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.ShardApi;

/** The waits of a sweep. */
record SweepContext(
    MigrationSettings settings,
    ShardApi shards,
    RouterApi routers,
    Time time,
    Tasks tasks,
    SweepControl control,
    HealthyWait healthyWait,
    boolean adoptionAssumed)
    implements WaitContext {}
