// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Connects a step to the log. Every loop of a step calls {@link #check} once a round. Thread-safe.
 */
public interface StepControl extends WaitControl {
  /**
   * Returns if the log still wants this step.
   *
   * @throws StepStopped if the step is paused, cancelled or over; {@link StepSuspended} if it has
   *     to start again
   * @throws io.quiverdb.coordinator.shard.FencedException if this member may not act any more
   */
  @Override
  void check();

  /** The migration as this member has applied it last. */
  Migration migration();

  @Override
  default boolean skips(long shardId) {
    return migration().skipped().contains(shardId);
  }

  /** Without the shards that the operator has skipped, or that are not waited for. */
  @Override
  default List<String> workingShards() {
    Migration migration = migration();
    long moving = migration.plan().shardId();
    List<String> urls = new ArrayList<>();
    for (Shard shard : map().shards()) {
      if (!migration.skipped().contains(shard.id())
          && !(shard.id() == moving && migration.keepCopies())) {
        urls.add(shard.primaryUrl());
      }
    }
    boolean outside = map().shard(moving).isEmpty();
    if (outside && migration.versionDuring().isPresent() && !migration.skipped().contains(moving)) {
      urls.add(migration.plan().url());
    }
    return urls;
  }

  /** The whole state as this member has applied it last. */
  ClusterState state();

  /**
   * Reports points that were moved; logged at most once a second.
   *
   * @param part where it stands now
   * @param bytes more bytes that were written
   */
  void moved(MigrationPart part, long bytes);

  /** Reports the round of the comparison. */
  void round(int number);

  /** Reports what one of several tasks waits for, while others may progress. */
  default void reportWaitingAside(String what, String detail) {
    reportWaitingAside(what, detail, List.of());
  }

  /** The same, about shards. */
  @Override
  default void reportWaitingAside(String what, String detail, List<String> urls) {
    reportWaiting(what, detail, urls);
  }

  /** Reports that a shard that one of several tasks waited for answers again. */
  @Override
  default void back(String url) {
    goingOn();
  }

  /**
   * Holds the migration: logs what it waits for, and waits for a while or until an operator
   * retries.
   *
   * @param urls of the shards that it is about: an operator may let the migration continue without
   *     one of them
   */
  @Override
  void hold(String what, String detail, List<String> urls) throws InterruptedException;

  /**
   * Holds the migration for an operator's answer. The question is shown before other holds, until
   * it is {@link #closeQuestion}.
   *
   * @param urls of the shards that it is about
   */
  default void question(String what, String detail, List<String> urls) throws InterruptedException {
    hold(what, detail, urls);
  }

  /** Reports that a question was answered or withdrawn. */
  default void closeQuestion(String what, List<String> urls) {}

  /** What the operator has approved in this step, under names that the callers choose. */
  Set<String> approved();

  /**
   * Reports how many points the drop has found absent on their owner, over all passes and leaders.
   *
   * @param judged how many of these the operator has approved
   */
  void absent(long met, long judged);

  /** Makes members hold the polls of routers until the flip; see {@code FlipGate}. */
  void gate() throws InterruptedException;

  /** Waits as long as the throttle requires after {@code points} more points. */
  void throttle(int points) throws InterruptedException;

  /** Reports what the step leaves undone when it ends; kept with the migration, for operators. */
  void finishWithWarning(String what);

  /** Records what the step does, for the metrics. */
  @Override
  default MigrationRecorder recorder() {
    return MigrationRecorder.NONE;
  }
}
