// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the repairs of a round in one collection, in batches. Never by bulk load: the copies are
 * searched, or their index is being built. Not thread-safe.
 */
final class RepairWriter implements AutoCloseable {
  /** Listens to repairs. */
  interface Listener {
    /** A copy will be written or deleted, now or in a later round: it is compared again. */
    void repairing(Shard target, String id);

    /**
     * More points are known to be right.
     *
     * @param bytes of those that were written
     */
    default void inPlace(Shard target, int points, long bytes) {}
  }

  private static final class TargetBuffer {
    private final Shard target;
    private final TargetWriter writer;
    private int points;
    private long bytes;

    TargetBuffer(Shard target, TargetWriter writer) {
      this.target = target;
      this.writer = writer;
    }
  }

  private final MigrationContext context;
  private final DataCalls calls;
  private final ShardCollection collection;
  private final Listener listener;
  private final Map<Long, TargetBuffer> buffers = new LinkedHashMap<>();

  RepairWriter(
      MigrationContext context, DataCalls calls, ShardCollection collection, Listener listener) {
    this.context = context;
    this.calls = calls;
    this.collection = collection;
    this.listener = listener;
  }

  /** The copy is right already. */
  void equal(Shard target) {
    buffer(target).points++;
  }

  /**
   * Writes or deletes a copy, with the next batch.
   *
   * @param truth the donor's row; null: the copy must not exist
   */
  void repair(Shard target, String id, @Nullable Row truth)
      throws StepException, InterruptedException {
    listener.repairing(target, id);
    TargetBuffer buffer = buffer(target);
    if (truth == null) {
      buffer.writer.delete(id);
      return;
    }
    buffer.writer.upsert(truth);
    buffer.points++;
    buffer.bytes += truth.size();
    if (buffer.writer.isFull()) {
      send(buffer);
    }
  }

  /** Leaves a copy unchanged: it has to be compared again. */
  void leave(Shard target, String id) {
    listener.repairing(target, id);
  }

  /** Waits until all of it is written. */
  void flush() throws StepException, InterruptedException {
    for (TargetBuffer buffer : buffers.values()) {
      send(buffer);
    }
    for (TargetBuffer buffer : buffers.values()) {
      buffer.writer.flush();
    }
  }

  private void send(TargetBuffer buffer) throws StepException, InterruptedException {
    int points = buffer.points;
    long bytes = buffer.bytes;
    buffer.points = 0;
    buffer.bytes = 0;
    buffer.writer.sendRows(() -> listener.inPlace(buffer.target, points, bytes));
  }

  private TargetBuffer buffer(Shard target) {
    return buffers.computeIfAbsent(
        target.id(),
        id ->
            new TargetBuffer(
                target, new TargetWriter(context, calls, target, collection, Way.POINTS, 1)));
  }

  @Override
  public void close() {
    buffers.values().forEach(buffer -> buffer.writer.close());
  }
}
