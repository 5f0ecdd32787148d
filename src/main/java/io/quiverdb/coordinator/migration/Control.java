package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;

/**
 * What holds the step under way to the log. Every loop of a step calls {@link #check} once a round.
 * Thread-safe.
 */
interface Control {
  /**
   * Goes on if the log still wants this step.
   *
   * @throws StepStopped if it is paused, cancelled or over
   * @throws io.quiverdb.coordinator.shard.FencedException if this node may not act any more
   */
  void check();

  /** The move as this node has applied it last. */
  Migration migration();

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
  void waiting(String what, String detail);

  /** Likewise, by one of several tasks: others may go on. */
  default void waitingAside(String what, String detail) {
    waiting(what, detail);
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
  void hold(String what, String detail) throws InterruptedException;

  /** Has members hold the polls of routers until the flip; see {@link FlipGate}. */
  void gate() throws InterruptedException;

  /** Waits for as long as the throttle wants after {@code points} more points. */
  void throttle(int points) throws InterruptedException;

  /** Says that the step ends although something is left; kept with the move, for operators. */
  void endsAlthough(String what);

  /** Told what the step does, for the metrics. */
  default MoveRecorder recorder() {
    return MoveRecorder.NONE;
  }
}
