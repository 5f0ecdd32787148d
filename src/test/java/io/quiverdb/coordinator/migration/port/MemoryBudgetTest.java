// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryBudgetTest {
  private final VirtualWorld world = new VirtualWorld();

  @Test
  void neverGivesOutMoreThanThereIs() throws Exception {
    MemoryBudget budget = new MemoryBudget(100);
    MemoryBudget.Share most = budget.tryTake(70).orElseThrow();
    assertEquals(Optional.empty(), budget.tryTake(31));
    MemoryBudget.Share rest = budget.tryTake(30).orElseThrow();
    assertEquals(Optional.empty(), budget.tryTake(1));
    most.close();
    most.close();
    assertEquals(Optional.empty(), budget.tryTake(71));
    rest.close();
    assertTrue(budget.tryTake(100).isPresent());
  }

  @Test
  void whoWantsMoreThanThereIsGetsItAll() throws Exception {
    MemoryBudget budget = new MemoryBudget(100);
    try (MemoryBudget.Share all = budget.take(1_000, world)) {
      assertEquals(Optional.empty(), budget.tryTake(1));
    }
    assertTrue(budget.tryTake(1).isPresent());
  }

  /** Each task takes everything at once: none waits while it keeps another one waiting. */
  @Test
  void everyTaskComesToItsTurn() throws Exception {
    MemoryBudget budget = MemoryBudget.ofHeap(96 << 20);
    Random random = new Random(1);
    long[] used = {0};
    List<Tasks.Task<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      long wanted =
          List.of(MemoryBudget.STEP_BYTES, MemoryBudget.LONG_ROW_BYTES, MemoryBudget.FEW_ROWS_BYTES)
              .get(random.nextInt(3));
      Duration work = Duration.ofMillis(random.nextInt(500));
      tasks.add(
          world.start(
              "task",
              () -> {
                try (MemoryBudget.Share share = budget.take(wanted, world)) {
                  used[0] += wanted;
                  assertTrue(used[0] <= 64 << 20, () -> used[0] + " bytes at once");
                  world.sleep(work);
                  used[0] -= wanted;
                }
                return true;
              }));
    }
    for (Tasks.Task<Boolean> task : tasks) {
      assertTrue(task.join());
    }
    assertTrue(world.elapsed().compareTo(Duration.ofMinutes(2)) < 0, world.elapsed().toString());
  }

  @Test
  void aStepFitsIntoTheHeapThatMembersAreShippedWith() {
    MemoryBudget budget = MemoryBudget.ofHeap(96 << 20);
    assertTrue(budget.tryTake(MemoryBudget.STEP_BYTES).isPresent());
    assertTrue(budget.tryTake(MemoryBudget.FEW_ROWS_BYTES).isPresent(), "a dry run beside it");
    assertEquals(Optional.empty(), budget.tryTake(MemoryBudget.LONG_ROW_BYTES));
  }
}
