// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.port.FakeTime;
import io.quiverdb.coordinator.migration.port.Tasks;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class StepTaskTest {
  private static final int INTERRUPTS = 2;

  /** The waiting thread is interrupted several times before the end. */
  private static final class Lasting<T> implements Tasks.Task<T> {
    private int joins;
    private boolean cancelled;

    @Override
    public T join() throws InterruptedException {
      joins++;
      throw new InterruptedException();
    }

    @Override
    public boolean isDone() {
      return joins > INTERRUPTS;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final Lasting<?>[] started = new Lasting<?>[1];
  private final Tasks tasks =
      new Tasks() {
        @Override
        public <T> Task<T> start(String name, Callable<T> work) {
          Lasting<T> task = new Lasting<>();
          started[0] = task;
          return task;
        }
      };

  @Test
  void itsEndIsAwaitedThoughTheOneWhoWaitsIsInterruptedTwice() {
    StepTask beside =
        StepTask.start(tasks, new FakeTime(), "beside", Duration.ofSeconds(1), () -> {});
    beside.end();
    assertTrue(Thread.interrupted(), "the interruption is kept for the next wait");
    assertTrue(started[0].cancelled);
    assertEquals(INTERRUPTS + 1, started[0].joins, "nothing goes on beside the next step");
  }
}
