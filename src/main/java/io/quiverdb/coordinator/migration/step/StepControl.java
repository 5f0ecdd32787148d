package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.migration.wait.FlipGate;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.Set;

/**
 * What holds the step under way to the log. Every loop of a step calls {@link #check} once a round.
 * Thread-safe.
 */
public interface StepControl {
  /**
   * Goes on if the log still wants this step.
   *
   * @throws StepStopped if it is paused, cancelled or over; {@link StepSuspended} if it is to begin
   *     anew
   * @throws io.quiverdb.coordinator.shard.FencedException if this node may not act any more
   */
  void check();

  /** Makes {@link #check} throw {@link StepSuspended} until {@link #resume}. */
  void suspend(String reason);

  /** Lets a step that was broken off go on. */
  void resume();

  /** The move as this node has applied it last. */
  Migration migration();

  /** The whole state as this node has applied it last. */
  ClusterState state();

  /** The map as this node has applied it last. */
  ShardMap map();

  /** The registered routers. */
  List<String> routers();

  /**
   * Says that points were moved; logged at most once a second, and at once when a part ended.
   *
   * @param part where it stands now
   * @param bytes more bytes that were written
   */
  void moved(MovePart part, long bytes);

  /** Says which round of the reconciliation this is. */
  void round(int number);

  /** Says what is waited for, when nothing moves; logged if it lasts. */
  default void waiting(String what, String detail) {
    waiting(what, detail, List.of());
  }

  /**
   * Likewise, for shards.
   *
   * @param urls theirs
   */
  void waiting(String what, String detail, List<String> urls);

  /** Likewise, by one of several tasks: others may go on. */
  default void waitingAside(String what, String detail) {
    waitingAside(what, detail, List.of());
  }

  /** Likewise, for shards. */
  default void waitingAside(String what, String detail, List<String> urls) {
    waiting(what, detail, urls);
  }

  /** Says that a shard that one of several tasks waited for is back. */
  default void back(String url) {
    goingOn();
  }

  /** Says that the wait is over. */
  void goingOn();

  /**
   * Holds the move: logs what it waits for, and waits for a while or until an operator retries.
   *
   * @param what a stable word, see {@link io.quiverdb.coordinator.model.WaitingOn}
   */
  default void hold(String what, String detail) throws InterruptedException {
    hold(what, detail, List.of());
  }

  /**
   * Likewise, for shards.
   *
   * @param urls theirs: an operator may let the move go on without one of them
   */
  void hold(String what, String detail, List<String> urls) throws InterruptedException;

  /**
   * Holds the move likewise for an operator's answer: shown before what other tasks hold for, until
   * it is {@link #settled}.
   *
   * @param urls of the shards that it is about
   */
  default void question(String what, String detail, List<String> urls) throws InterruptedException {
    hold(what, detail, urls);
  }

  /** Says that a question was answered, or is asked no more. */
  default void settled(String what, List<String> urls) {}

  /** What the operator has said go on to in this step, by names of the callers' own. */
  Set<String> approved();

  /**
   * Says how many points the drop has met that their owner lacks, over all passes and leaders.
   *
   * @param judged how many of these an operator has said go on to
   */
  void absent(long met, long judged);

  /** Has members hold the polls of routers until the flip; see {@link FlipGate}. */
  void gate() throws InterruptedException;

  /** Waits for as long as the throttle wants after {@code points} more points. */
  void throttle(int points) throws InterruptedException;

  /** Says that the step ends although something is left; kept with the move, for operators. */
  void finishWithWarning(String what);

  /** Told what the step does, for the metrics. */
  default MigrationRecorder recorder() {
    return MigrationRecorder.NONE;
  }
}
