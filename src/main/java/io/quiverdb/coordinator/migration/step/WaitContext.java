// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.ShardApi;

/** What waits that prove something need, of a migration or of a sweep. */
public interface WaitContext {
  /** The constants. */
  MigrationSettings settings();

  /** All shards, by URL. */
  ShardApi shards();

  /** All routers, by URL. */
  RouterApi routers();

  /** The clock. */
  Time time();

  /** Parallel tasks. */
  Tasks tasks();

  /** What the log wants. */
  WaitControl control();

  /** Waits that count only while everything answers. */
  HealthyWait healthyWait();

  /** Whether a fixed time replaces the confirmation of unregistered routers. */
  boolean adoptionAssumed();
}
