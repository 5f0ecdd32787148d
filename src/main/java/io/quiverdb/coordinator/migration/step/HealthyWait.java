package io.quiverdb.coordinator.migration.step;

import java.time.Duration;

/**
 * Waits that count only while everything concerned answers (docs/migration-protocol.md): once a
 * second every router is polled and every shard of the map gets a write of nothing; one that fails,
 * or takes over a second, starts the wait again and shows in what the move waits for.
 */
public interface HealthyWait {
  /**
   * Waits.
   *
   * @param what a stable word for what is waited for
   */
  void await(Duration duration, String what) throws InterruptedException;
}
