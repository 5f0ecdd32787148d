package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.Tasks.Task;

/** The ends of tasks that call shards. */
public final class Joined {
  private Joined() {}

  /** Waits for its end, and ends as it did. */
  public static <T> T of(Task<T> task) throws StepFailed, CollectionChanged, InterruptedException {
    try {
      return task.join();
    } catch (StepFailed | CollectionChanged | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits for its end, however that is: for one whose result nobody wants any more, because it was
   * cancelled or something else failed. That the task was interrupted is no interrupt of the one
   * who waits; a real one is kept until the end has come.
   */
  public static void quietly(Task<?> task) {
    boolean interrupted = false;
    while (!task.isDone()) {
      try {
        task.join();
      } catch (InterruptedException e) {
        interrupted |= !task.isDone();
      } catch (Exception e) {
        // What it was for has failed already, and says why.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
