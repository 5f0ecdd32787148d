// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;

/**
 * Tells waits that prove something what they are about, and learns what they wait for: those of a
 * migration and those of a sweep. Thread-safe.
 */
public interface WaitControl extends CallControl {
  /** Makes {@link #check} throw {@link StepSuspended} until {@link #resume}. */
  void suspend(String reason);

  /** Ends the suspension. */
  void resume();

  /** The map as this member has applied it last. */
  ShardMap map();

  /** The registered routers. */
  List<String> routers();

  /** URLs of the shards that may be working on a request of this member or of a client. */
  List<String> workingShards();

  /** Reports what the work waits for; logged if it lasts. It does not wait itself. */
  default void reportWaiting(String what, String detail) {
    reportWaiting(what, detail, List.of());
  }

  /**
   * The same, about shards.
   *
   * @param urls theirs
   */
  void reportWaiting(String what, String detail, List<String> urls);

  /** Reports that the wait is over. */
  void goingOn();

  /**
   * Something does not come about: waits for a while.
   *
   * @param what a stable word, see {@link io.quiverdb.coordinator.model.WaitingOn}
   */
  default void hold(String what, String detail) throws InterruptedException {
    hold(what, detail, List.of());
  }
}
