// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Tasks.Task;
import io.quiverdb.coordinator.migration.step.Action;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Gathers points for one collection of one shard and writes them in requests sized for the shard,
 * while its caller continues to read. Its memory is what is gathered and being sent. Not
 * thread-safe.
 */
final class TargetWriter implements AutoCloseable {
  /** Fewer rows are sent alone: if the shard is that slow, a second request would only wait. */
  private static final int MIN_PARALLEL_ROWS = 10;

  private record UnderWay(Task<Boolean> task, Runnable whenDone) {}

  private final MigrationContext context;
  private final DataCalls calls;
  private final Shard target;
  private final ShardCollection collection;
  private final Way way;
  private final int most;
  private final Deque<UnderWay> underWay = new ArrayDeque<>();
  private List<Row> rows = new ArrayList<>();
  private long rowBytes;
  private int rowsAtMost = 1;
  private List<String> ids = new ArrayList<>();
  private int idsAtMost = 1;

  /**
   * For one collection of one shard.
   *
   * @param most how many requests may be open at once; two keep the shard busy
   */
  TargetWriter(
      MigrationContext context,
      DataCalls calls,
      Shard target,
      ShardCollection collection,
      Way way,
      int most) {
    this.context = context;
    this.calls = calls;
    this.target = target;
    this.collection = collection;
    this.way = way;
    this.most = most;
  }

  /** Gathers a row; sends what was gathered before if both do not fit into one request. */
  void upsert(Row row) throws StepException, InterruptedException {
    if (!rows.isEmpty() && rowBytes + row.size() > calls.upsertBytes()) {
      sendRows(() -> {});
    }
    if (rows.isEmpty()) {
      rowsAtMost = Math.min(calls.upsertRows(target, collection.name(), way), throttled());
    }
    rows.add(row);
    rowBytes += row.size();
  }

  /**
   * Rows that the throttle lets through in a second: rows that wait longer are outdated when they
   * are sent.
   */
  private int throttled() {
    long limit = context.migration().throttlePointsPerSecond();
    return limit == 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, limit);
  }

  /** Whether the gathered rows make a whole request. */
  boolean isFull() {
    return rows.size() >= rowsAtMost || rowBytes >= calls.upsertBytes();
  }

  /**
   * Sends the gathered rows.
   *
   * @param whenDone run, by a later call of the same caller, when they and all that was sent before
   *     are written
   */
  void sendRows(Runnable whenDone) throws StepException, InterruptedException {
    List<Row> batch = rows;
    rows = new ArrayList<>();
    rowBytes = 0;
    if (batch.isEmpty()) {
      await(0);
      whenDone.run();
      return;
    }
    context.control().throttle(batch.size());
    start(batch.size(), () -> calls.upsert(target, collection, batch, way), whenDone);
  }

  /** Gathers an id to delete; sends what was gathered when it makes a whole request. */
  void delete(String id) throws StepException, InterruptedException {
    if (ids.isEmpty()) {
      idsAtMost = calls.deleteRows(target, collection.name());
    }
    ids.add(id);
    if (ids.size() >= idsAtMost) {
      sendIds();
    }
  }

  private void sendIds() throws StepException, InterruptedException {
    List<String> batch = ids;
    ids = new ArrayList<>();
    if (!batch.isEmpty()) {
      start(batch.size(), () -> calls.delete(target, collection.name(), batch), () -> {});
    }
  }

  /** Sends all that was gathered and waits until everything is written. */
  void flush() throws StepException, InterruptedException {
    sendRows(() -> {});
    sendIds();
    await(0);
  }

  private void start(int size, Action<StepException> work, Runnable whenDone)
      throws StepException, InterruptedException {
    await(size < MIN_PARALLEL_ROWS ? 0 : most - 1);
    context.control().check();
    underWay.add(
        new UnderWay(
            context
                .tasks()
                .start(
                    "write " + target.primaryUrl() + " " + collection.name(),
                    () -> {
                      work.run();
                      return true;
                    }),
            whenDone));
  }

  /** Completes requests that are already answered, without waiting. */
  void finishWritten() throws StepException, InterruptedException {
    while (!underWay.isEmpty() && underWay.element().task.isDone()) {
      await(underWay.size() - 1);
    }
  }

  private void await(int left) throws StepException, InterruptedException {
    while (underWay.size() > left) {
      // It stays in the list meanwhile, so that closing waits for it again.
      UnderWay oldest = underWay.element();
      TaskJoin.of(oldest.task, StepException.class);
      underWay.remove();
      oldest.whenDone.run();
    }
  }

  /** Waits for open requests: a step must not end with a request whose outcome is open. */
  @Override
  public void close() {
    underWay.forEach(open -> TaskJoin.quietly(open.task));
    underWay.clear();
  }
}
