// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TargetWriterTest {
  /** Work that goes on until somebody waits for it. */
  private static final class Slow implements Tasks {
    private int open;
    private int most;

    @Override
    public <T> Task<T> start(String name, Callable<T> work) {
      open++;
      most = Math.max(most, open);
      return new Task<>() {
        private boolean done;

        @Override
        public T join() throws Exception {
          if (!done) {
            done = true;
            open--;
          }
          return work.call();
        }

        @Override
        public boolean isDone() {
          return done;
        }

        @Override
        public void cancel() {
          throw new UnsupportedOperationException();
        }
      };
    }
  }

  /** Writes four requests; what was written before the last two were waited for. */
  private static int write(Slow slow, Way way, int rows, int most) throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.tasks = slow;
    world.store(0, "a", 1);
    MigrationContext context = world.migration();
    DataCalls calls = world.calls(context);
    Row row = calls.row(FakeWorld.shard(0), FakeWorld.DOCS, "a").orElseThrow();
    List<Integer> written = new ArrayList<>();
    int before;
    try (TargetWriter writer =
        new TargetWriter(
            context,
            calls,
            FakeWorld.shard(FakeWorld.JOINING),
            world.collections().get(0),
            way,
            most)) {
      for (int i = 0; i < 4; i++) {
        int number = i;
        for (int n = 0; n < rows; n++) {
          writer.upsert(row);
        }
        writer.sendRows(() -> written.add(number));
      }
      before = written.size();
      writer.flush();
    }
    assertEquals(List.of(0, 1, 2, 3), written);
    return before;
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void oneRequestWaitsAtTheShardWhileItWorksOnAnother(Way way) throws Exception {
    Slow slow = new Slow();
    assertEquals(2, write(slow, way, 10, 2), "the others are under way");
    assertEquals(2, slow.most);
  }

  @ParameterizedTest
  @CsvSource({"9, 2", "10, 1"})
  void fewRowsAndThoseForAShardThatServesGoOneByOne(int rows, int most) throws Exception {
    Slow slow = new Slow();
    assertEquals(3, write(slow, Way.POINTS, rows, most));
    assertEquals(1, slow.most);
  }

  @Test
  void aRequestHasAsManyRowsAsThePacerWantsWhenItIsBegun() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.store(0, "a", 1);
    MigrationContext context = world.migration();
    DataCalls calls = world.calls(context);
    Shard target = FakeWorld.shard(FakeWorld.JOINING);
    Row row = calls.row(FakeWorld.shard(0), FakeWorld.DOCS, "a").orElseThrow();
    int first = calls.upsertRows(target, FakeWorld.DOCS, Way.POINTS);
    try (TargetWriter writer = oneByOne(world, context, calls)) {
      gatherUntilFull(writer, row, first);
      writer.sendRows(() -> {});
      writer.flush();
      int second = calls.upsertRows(target, FakeWorld.DOCS, Way.POINTS);
      assertTrue(second > first, first + " rows, then " + second);
      gatherUntilFull(writer, row, second);
    }
  }

  private static TargetWriter oneByOne(FakeWorld world, MigrationContext context, DataCalls calls) {
    Shard target = FakeWorld.shard(FakeWorld.JOINING);
    return new TargetWriter(context, calls, target, world.collections().get(0), Way.POINTS, 1);
  }

  private static void gatherUntilFull(TargetWriter writer, Row row, int rows) throws Exception {
    for (int n = 1; n <= rows; n++) {
      assertFalse(writer.isFull(), "before row " + n);
      writer.upsert(row);
    }
    assertTrue(writer.isFull());
  }

  @Test
  void aDeleteHasAsManyIdsAsThePacerWants() throws Exception {
    FakeWorld world = FakeWorld.grow();
    world.store(0, "a", 1);
    MigrationContext context = world.migration();
    DataCalls calls = world.calls(context);
    Shard target = FakeWorld.shard(FakeWorld.JOINING);
    int most = calls.deleteRows(target, FakeWorld.DOCS);
    try (TargetWriter writer = oneByOne(world, context, calls)) {
      for (int n = 0; n < most + 1; n++) {
        writer.delete("p" + n);
      }
      writer.flush();
    }
    assertEquals(
        List.of(most, 1),
        world.shards.calls.stream()
            .filter(call -> call.op() == Op.DELETE)
            .map(call -> call.ids().size())
            .toList());
  }
}
