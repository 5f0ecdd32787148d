// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.port.Tasks;
import org.junit.jupiter.api.Test;

class TaskJoinTest {
  /** A task that ends in its join, or is waited for again. */
  private static final class Scripted implements Tasks.Task<String> {
    private final int interruptsBeforeItsEnd;
    private int joins;

    Scripted(int interruptsBeforeItsEnd) {
      this.interruptsBeforeItsEnd = interruptsBeforeItsEnd;
    }

    @Override
    public String join() throws InterruptedException {
      joins++;
      throw new InterruptedException();
    }

    @Override
    public boolean isDone() {
      return joins > interruptsBeforeItsEnd;
    }

    @Override
    public void cancel() {}
  }

  /**
   * A migration is cancelled while the next page is read ahead: the scan is closed and its task
   * ends by an interrupt. The leader itself was not interrupted: it has to turn the migration back.
   */
  @Test
  void theEndOfACancelledTaskIsNoInterruptOfTheOneWhoWaits() {
    TaskJoin.quietly(new Scripted(0));

    assertFalse(Thread.interrupted());
  }

  @Test
  void anInterruptOfTheOneWhoWaitsIsKeptUntilTheTaskHasEnded() {
    Scripted task = new Scripted(2);

    TaskJoin.quietly(task);

    assertTrue(Thread.interrupted());
    assertEquals(3, task.joins);
  }
}
