// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.Preflight;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import java.time.Duration;
import java.util.Optional;

/**
 * Repeats the checks of a migration that an earlier leader has planned but not published. The
 * results of that leader may be outdated. Not thread-safe.
 */
public final class InheritedPreflight {
  /** A router or shard that is busy for a moment must not end the migration. */
  private static final int MAX_TRIES = 5;

  private static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

  private final MigrationContext context;

  /** For one step. */
  public InheritedPreflight(MigrationContext context) {
    this.context = context;
  }

  /**
   * Returns when every check passes.
   *
   * @throws StepFailed if a check still fails after all tries
   */
  public void await() throws StepException, InterruptedException {
    Preflight preflight =
        new Preflight(
            context.settings(),
            context.shards(),
            context.routers(),
            context.time(),
            context.tasks());
    for (int tries = 1; true; tries++) {
      context.control().check();
      Optional<Check> failed = preflight.again(context.control().state(), context.plan());
      if (failed.isEmpty()) {
        context.control().goingOn();
        return;
      }
      String detail = failed.get().name() + ": " + failed.get().detail();
      if (tries == MAX_TRIES) {
        throw new StepFailed("its leader changed before its map was published, and now " + detail);
      }
      context.control().reportWaiting("checks", detail);
      context.time().sleep(RETRY_PAUSE);
    }
  }
}
