package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.Tasks;

/** Joins work that throws nothing of its own. */
public final class Joining {
  private Joining() {}

  /**
   * Waits for the end of work that throws nothing checked.
   *
   * @throws InterruptedException if the one who waits was interrupted
   */
  public static <T> T join(Tasks.Task<T> task) throws InterruptedException {
    try {
      return task.join();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
