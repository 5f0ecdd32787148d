// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.shard.FencedException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A background task of a step, run once or periodically. It is cancelled and joined when the step
 * ends.
 */
public final class StepTask {
  private static final Logger LOG = LoggerFactory.getLogger(StepTask.class);

  private static final String MET = "the step itself meets the same";
  private static final String ENDED = "ended with the step";

  private final Tasks.Task<String> task;

  private StepTask(Tasks.Task<String> task) {
    this.task = task;
  }

  /**
   * Starts.
   *
   * @param pause between the end of one run and the beginning of the next
   */
  public static StepTask start(
      Tasks tasks, Time time, String name, Duration pause, Action<RuntimeException> round) {
    return new StepTask(tasks.start(name, () -> repeat(time, name, pause, round)));
  }

  /** Starts a task that runs once. */
  public static StepTask once(Tasks tasks, String name, Action<RuntimeException> round) {
    return new StepTask(
        tasks.start(
            name,
            () -> {
              try {
                round.run();
                return "done";
              } catch (StepStopped | FencedException e) {
                return MET;
              } catch (InterruptedException e) {
                return ENDED;
              } catch (RuntimeException e) {
                LOG.warn("{}: given up", name, e);
                return "given up";
              }
            }));
  }

  private static String repeat(
      Time time, String name, Duration pause, Action<RuntimeException> round) {
    try {
      while (true) {
        try {
          round.run();
        } catch (StepStopped | FencedException e) {
          return MET;
        } catch (RuntimeException e) {
          LOG.warn("{}: trying again", name, e);
        }
        time.sleep(pause);
      }
    } catch (InterruptedException e) {
      return ENDED;
    }
  }

  /** Interrupts it. */
  public void cancel() {
    task.cancel();
  }

  /**
   * Interrupts it and waits for its end, even if the caller is interrupted meanwhile; that
   * interrupt is kept. No task of a step may run during the next step.
   */
  public void end() {
    task.cancel();
    TaskJoin.quietly(task);
  }
}
