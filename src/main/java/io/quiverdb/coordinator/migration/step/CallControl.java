// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import java.util.List;

/**
 * Tells code that calls shards whether the work is still wanted, and learns what it waits for.
 * Thread-safe.
 */
public interface CallControl {
  /**
   * Returns if the work is still wanted.
   *
   * @throws StepStopped if it is not
   * @throws io.quiverdb.coordinator.shard.FencedException if this member may not act any more
   */
  void check();

  /** Whether the operator has said not to wait for a shard. */
  boolean skips(long shardId);

  /** Reports what one of several tasks waits for, while others may progress. */
  void reportWaitingAside(String what, String detail, List<String> urls);

  /** Reports that a shard that was waited for answers again. */
  void back(String url);

  /**
   * A shard does not answer: waits for a while.
   *
   * @param what a stable word, see {@link io.quiverdb.coordinator.model.WaitingOn}
   * @param urls of the shards that it is about
   */
  void hold(String what, String detail, List<String> urls) throws InterruptedException;

  /** Records what is done, for the metrics. */
  MigrationRecorder recorder();
}
