package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a round writes and deletes in one collection. Never by bulk load: the copies are searched,
 * or their index is being built. For one task at a time.
 */
final class Repairs implements AutoCloseable {
  /** Who is told of it. */
  interface Watch {
    /** A copy will be written or deleted, now or in a later round: it is compared again. */
    void repairing(Shard target, String id);

    /**
     * So many more points are where they should be.
     *
     * @param bytes of those that had to be written
     */
    default void inPlace(Shard target, int points, long bytes) {}
  }

  private static final class Side {
    private final Shard target;
    private final TargetWriter writer;
    private int points;
    private long bytes;

    Side(Shard target, TargetWriter writer) {
      this.target = target;
      this.writer = writer;
    }
  }

  private final Move move;
  private final DataCalls calls;
  private final ShardCollection collection;
  private final Watch watch;
  private final Map<Long, Side> sides = new LinkedHashMap<>();

  Repairs(Move move, DataCalls calls, ShardCollection collection, Watch watch) {
    this.move = move;
    this.calls = calls;
    this.collection = collection;
    this.watch = watch;
  }

  /** The copy is right as it is. */
  void equal(Shard target) {
    side(target).points++;
  }

  /**
   * Makes a copy right, soon.
   *
   * @param truth null: it must not be there
   */
  void repair(Shard target, String id, @Nullable Row truth)
      throws StepFailed, CollectionChanged, InterruptedException {
    watch.repairing(target, id);
    Side side = side(target);
    if (truth == null) {
      side.writer.delete(id);
      return;
    }
    side.writer.upsert(truth);
    side.points++;
    side.bytes += truth.size();
    if (side.writer.isFull()) {
      send(side);
    }
  }

  /** Leaves a copy as it is: it has to be compared again. */
  void leave(Shard target, String id) {
    watch.repairing(target, id);
  }

  /** Waits until all of it is written. */
  void flush() throws StepFailed, CollectionChanged, InterruptedException {
    for (Side side : sides.values()) {
      send(side);
    }
    for (Side side : sides.values()) {
      side.writer.flush();
    }
  }

  private void send(Side side) throws StepFailed, CollectionChanged, InterruptedException {
    int points = side.points;
    long bytes = side.bytes;
    side.points = 0;
    side.bytes = 0;
    side.writer.sendRows(() -> watch.inPlace(side.target, points, bytes));
  }

  private Side side(Shard target) {
    return sides.computeIfAbsent(
        target.id(),
        id -> new Side(target, new TargetWriter(move, calls, target, collection, Way.POINTS, 1)));
  }

  @Override
  public void close() {
    sides.values().forEach(side -> side.writer.close());
  }
}
