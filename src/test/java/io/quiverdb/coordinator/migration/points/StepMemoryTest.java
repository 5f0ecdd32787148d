// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work that reads many points waits for memory, and gives it back. */
class StepMemoryTest {
  private static final Duration WAIT = Duration.ofSeconds(3);

  private enum Work {
    COPY,
    VERIFY,
    DROP,
    WIPE
  }

  @ParameterizedTest
  @EnumSource
  void itWaitsForMemory(Work work) throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.seed(50);
    MemoryBudget memory = MemoryBudget.ofHeap(96 << 20);
    MemoryBudget.Share others = memory.tryTake(MemoryBudget.STEP_BYTES).orElseThrow();
    MigrationContext context = with(world.migration(), memory);
    PacedPointOperations points = new PacedPointOperations(context.settings());
    if (work == Work.DROP) {
      points.copy(world.migration(), world.collections());
    }
    long begun = world.time.nanos();
    boolean[] before = {false};
    world.shards.before(call -> before[0] |= world.time.nanos() - begun < WAIT.toNanos());
    world.time.in(WAIT, others::close);
    switch (work) {
      case COPY -> points.copy(context, world.collections());
      case VERIFY -> points.verify(context, world.collections());
      case DROP -> points.drop(context, world.collections());
      case WIPE -> points.wipe(context);
    }
    assertTrue(world.time.nanos() - begun >= WAIT.toNanos(), "it did not wait");
    assertTrue(!before[0], "it asked a shard before");
    assertTrue(memory.tryTake(MemoryBudget.STEP_BYTES).isPresent(), "it kept the memory");
  }

  private static MigrationContext with(MigrationContext context, MemoryBudget memory) {
    return new MigrationContext(
        context.settings(),
        context.shards(),
        context.routers(),
        context.time(),
        context.tasks(),
        context.fence(),
        context.control(),
        context.healthyWait(),
        context.spills(),
        memory);
  }
}
