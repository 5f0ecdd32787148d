package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.shard.FencedException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something that is done again and again beside a step, and ends with it. */
final class Beside {
  private static final Logger LOG = LoggerFactory.getLogger(Beside.class);

  /** What is done each time. */
  interface Round {
    void run() throws InterruptedException;
  }

  private final Tasks.Task<String> task;

  private Beside(Tasks.Task<String> task) {
    this.task = task;
  }

  /**
   * Starts.
   *
   * @param pause between the end of one round and the beginning of the next
   */
  static Beside start(Tasks tasks, Time time, String name, Duration pause, Round round) {
    return new Beside(tasks.start(name, () -> repeat(time, name, pause, round)));
  }

  private static String repeat(Time time, String name, Duration pause, Round round) {
    try {
      while (true) {
        try {
          round.run();
        } catch (StepStopped | FencedException e) {
          return "the step itself meets the same";
        } catch (RuntimeException e) {
          LOG.warn("{}: trying again", name, e);
        }
        time.sleep(pause);
      }
    } catch (InterruptedException e) {
      return "ended with the step";
    }
  }

  /** Interrupts it. */
  void cancel() {
    task.cancel();
  }

  /**
   * Interrupts it and waits for its end, also when the one who waits is interrupted meanwhile: that
   * is kept for later. Nothing of a step may go on beside the next one.
   */
  void end() {
    task.cancel();
    Joined.quietly(task);
  }
}
