// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.points.FakeShards.Op;
import io.quiverdb.coordinator.migration.port.FakeTasks;
import io.quiverdb.coordinator.migration.port.FakeTime;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.model.Shard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeScanTest {
  private static final Duration BETWEEN_TURNS = Duration.ofMillis(10);

  /** Reads that were begun and not waited for yet, each by the URL of its shard. */
  private static final class Reads implements Tasks {
    private final Tasks tasks;
    final List<String> underWay = new ArrayList<>();

    Reads(Tasks tasks) {
      this.tasks = tasks;
    }

    @Override
    public <T> Task<T> start(String name, Callable<T> work) {
      String url = name.split(" ")[1];
      underWay.add(url);
      Task<T> task = tasks.start(name, work);
      return new Task<>() {
        @Override
        public T join() throws Exception {
          T result = task.join();
          underWay.remove(url);
          return result;
        }

        @Override
        public boolean isDone() {
          return task.isDone();
        }

        @Override
        public void cancel() {
          task.cancel();
        }
      };
    }
  }

  /** At each page: nothing of the other side is under way, and a pause has passed since. */
  private static final class TurnsSeen implements FakeShards.Hook {
    private static final long NEVER = Long.MIN_VALUE;

    private final FakeTime time;
    private final Reads reads;
    private final long[] ended = {NEVER, NEVER};
    private int last = -1;
    int turns;

    TurnsSeen(FakeTime time, Reads reads) {
      this.time = time;
      this.reads = reads;
    }

    @Override
    public void before(FakeShards.Call call) {
      if (call.op() != Op.FETCH) {
        return;
      }
      int side = side(call.url());
      assertTrue(
          reads.underWay.stream().allMatch(url -> side(url) == side), reads.underWay::toString);
      if (last != side && ended[1 - side] != NEVER) {
        long pause = time.nanos() - ended[1 - side];
        assertTrue(pause >= BETWEEN_TURNS.toNanos(), () -> pause + " ns");
      }
      turns += last == side ? 0 : 1;
      last = side;
    }

    @Override
    public void after(FakeShards.Call call) {
      if (call.op() == Op.FETCH) {
        ended[side(call.url())] = time.nanos();
      }
    }
  }

  @DisplayName(
      "a client's write that waited for a page of one side need not wait for one of the other")
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aWriteThatWaitedForAPageOfOneSideWaitsForNoOther(long seed) throws Exception {
    FakeWorld world = FakeWorld.grow(FakeWorld.pages(7));
    Reads reads = new Reads(FakeTasks.dawdling(seed));
    world.tasks = reads;
    TreeSet<String> ids = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      String id = FakeWorld.key(i);
      ids.add(id);
      world.store(i % 4 == 3 ? FakeWorld.JOINING : i % 3, id, 1);
    }
    TurnsSeen seen = new TurnsSeen(world.time, reads);
    world.shards.hooks.add(seen);
    List<Shard> otherShards = List.of(FakeWorld.shard(0), FakeWorld.shard(1), FakeWorld.shard(2));
    for (int collection = 0; collection < 2; collection++) {
      assertEquals(List.copyOf(ids), merged(world, otherShards));
    }
    assertTrue(seen.turns > 4, "turns: " + seen.turns);
  }

  private static List<String> merged(FakeWorld world, List<Shard> otherShards) throws Exception {
    List<String> met = new ArrayList<>();
    MigrationContext context = world.migration();
    try (MergeScan merge =
        new MergeScan(
            context,
            world.calls(context),
            world.collections().get(0),
            FakeWorld.shard(FakeWorld.JOINING),
            otherShards,
            shard -> id -> true)) {
      while (merge.next()) {
        met.add(merge.id());
      }
    }
    return met;
  }

  private static int side(String url) {
    return url.equals(FakeWorld.url(FakeWorld.JOINING)) ? 1 : 0;
  }
}
