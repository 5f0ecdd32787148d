package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.shard.FencedException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something that is done beside a step, once or again and again, and ends with it. */
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
   * @param pause between the end of one round and the beginning of the next
   */
  public static StepTask start(
      Tasks tasks, Time time, String name, Duration pause, Action<RuntimeException> round) {
    return new StepTask(tasks.start(name, () -> repeat(time, name, pause, round)));
  }

  /** Starts what is done only once. */
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
   * Interrupts it and waits for its end, also when the one who waits is interrupted meanwhile: that
   * is kept for later. Nothing of a step may go on beside the next one.
   */
  public void end() {
    task.cancel();
    TaskJoin.quietly(task);
  }
}
