// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.Tasks.Task;

/** Waits for the end of tasks. */
public final class TaskJoin {
  private TaskJoin() {}

  /** Waits for a task that throws nothing checked but an interrupt, and ends as it did. */
  public static <T> T of(Task<T> task) throws InterruptedException {
    return of(task, RuntimeException.class);
  }

  /**
   * Waits for the end of a task, and ends as it did.
   *
   * @param failure the checked exceptions that the task may throw
   */
  public static <T, E extends Exception> T of(Task<T> task, Class<E> failure)
      throws E, InterruptedException {
    try {
      return task.join();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      if (failure.isInstance(e)) {
        throw failure.cast(e);
      }
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits for the end of a task whose result is not needed any more, because it was cancelled or
   * something else failed. An interrupt of the task is ignored; one of the caller is kept until the
   * task has ended.
   */
  public static void quietly(Task<?> task) {
    boolean interrupted = false;
    while (!task.isDone()) {
      try {
        task.join();
      } catch (InterruptedException e) {
        interrupted |= !task.isDone();
      } catch (Exception e) {
        // The failure of what it was for has been reported already.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
