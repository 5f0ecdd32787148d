package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.Preflight;
import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.migration.step.StepFailed;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes the checks of a move once more that an earlier leader planned, and did not publish: what
 * was in order then may not be any more. For one task.
 */
public final class Rechecks {
  /** A router or a shard that is busy for a moment is no reason to give up a start. */
  private static final int TRIES = 5;

  private static final Duration BETWEEN = Duration.ofSeconds(2);

  private final Move move;

  /** For one step. */
  public Rechecks(Move move) {
    this.move = move;
  }

  /**
   * Returns when every check passes.
   *
   * @throws StepFailed if one of them goes on to fail
   */
  public void await() throws StepFailed, InterruptedException {
    Preflight preflight =
        new Preflight(move.settings(), move.shards(), move.routers(), move.time(), move.tasks());
    for (int tries = 1; true; tries++) {
      move.control().check();
      Optional<Check> failed =
          preflight.again(move.control().state(), move.control().migration().plan());
      if (failed.isEmpty()) {
        move.control().goingOn();
        return;
      }
      String detail = failed.get().name() + ": " + failed.get().detail();
      if (tries == TRIES) {
        throw new StepFailed("its leader changed before its map was published, and now " + detail);
      }
      move.control().waiting("checks", detail);
      move.time().sleep(BETWEEN);
    }
  }
}
