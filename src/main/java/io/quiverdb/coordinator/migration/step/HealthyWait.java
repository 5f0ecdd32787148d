// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import java.time.Duration;

/**
 * Waits that count only while all shards and routers concerned answer (docs/migration-protocol.md).
 * Once a second every router is polled and every shard of the map gets an empty write. If one
 * fails, or takes over a second, the wait starts again, and the migration shows why.
 */
public interface HealthyWait {
  /**
   * Waits.
   *
   * @param what a stable word for the reason
   */
  void await(Duration duration, String what) throws InterruptedException;
}
