// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;

/**
 * Tasks of one thread. They are over as soon as they are started; or, by chance, only when somebody
 * asks whether they are, or waits for them.
 */
public final class FakeTasks implements Tasks {
  private final Optional<Random> chance;

  private FakeTasks(Optional<Random> chance) {
    this.chance = chance;
  }

  public static FakeTasks prompt() {
    return new FakeTasks(Optional.empty());
  }

  public static FakeTasks dawdling(long seed) {
    return new FakeTasks(Optional.of(new Random(seed)));
  }

  @Override
  public <T> Task<T> start(String name, Callable<T> work) {
    Work<T> task = new Work<>(work);
    task.isDone();
    return task;
  }

  private boolean now() {
    return chance.isEmpty() || chance.get().nextInt(4) == 0;
  }

  private final class Work<T> implements Task<T> {
    private final Callable<T> work;
    private boolean over;
    private T result;
    private Exception failure;

    Work(Callable<T> work) {
      this.work = work;
    }

    private void run() {
      over = true;
      try {
        result = work.call();
      } catch (Exception e) {
        failure = e;
      }
    }

    @Override
    public T join() throws Exception {
      if (!over) {
        run();
      }
      if (failure != null) {
        throw failure;
      }
      return result;
    }

    @Override
    public boolean isDone() {
      if (!over && now()) {
        run();
      }
      return over;
    }

    @Override
    public void cancel() {}
  }
}
