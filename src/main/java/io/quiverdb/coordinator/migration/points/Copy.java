// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.Partition;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The first round of a grow: copies the moving points onto the empty shard without comparing. A
 * copy may undo a client's write that has reached the target but not yet the donor, so every copy
 * has to be verified afterwards ({@link Reconcile}).
 *
 * <p>Donors are read in parallel, ahead of the writing. The position in each is logged; an
 * interrupted copy resumes there. Not thread-safe.
 */
final class Copy {
  /** Donors that are read at the same time: their pages are in memory. */
  private static final int MAX_DONORS = 8;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(2);

  private final MigrationContext context;
  private final DataCalls calls;
  private final PartStart held;

  Copy(MigrationContext context, DataCalls calls) {
    this.context = context;
    this.calls = calls;
    this.held = new PartStart(context, calls);
  }

  /**
   * Copies what is not logged as copied. Returns when none of its requests can still take effect.
   *
   * @param collections those that all shards agree on
   */
  void run(List<ShardCollection> collections) throws StepException, InterruptedException {
    PointSlice slice = PointSlice.of(context);
    context.control().round(1);
    for (ShardCollection collection : collections) {
      try {
        copy(slice, collection, MAX_DONORS);
      } catch (RowsTooLong e) {
        held.forget();
        copy(slice, collection, 1);
      }
    }
    calls.awaitOutcomes(context);
  }

  private void copy(PointSlice slice, ShardCollection collection, int sideBySide)
      throws StepException, InterruptedException {
    int most = calls.pageSizes().sideBySide(collection.name(), sideBySide);
    for (List<Shard> donors : Partition.of(slice.otherShards(), most)) {
      copy(slice, collection, donors);
    }
  }

  private void copy(PointSlice slice, ShardCollection collection, List<Shard> donors)
      throws StepException, InterruptedException {
    List<Source> open = new ArrayList<>();
    Way way = WritePolicy.ontoJoining(slice.moving(), collection);
    int underWay = WritePolicy.underWay(slice.moving());
    try (TargetWriter writer =
        new TargetWriter(context, calls, slice.moving(), collection, way, underWay)) {
      for (Shard donor : donors) {
        MigrationPart part = held.resumed(slice, collection.name(), donor);
        if (!part.done()) {
          open.add(new Source(slice, donor, part, donors.size()));
        }
      }
      for (Source source : open) {
        if (way == Way.POINTS) {
          source.scan.startSmall();
        }
        source.scan.begin();
      }
      while (!open.isEmpty()) {
        Source source = ready(open, writer);
        Scan.Page page = source.scan.next();
        if (page == null) {
          open.remove(source);
        } else {
          source.copy(page, writer);
          if (calls.pageSizes().isLong(collection.name())) {
            writer.flush();
          }
        }
      }
      writer.flush();
    } finally {
      open.forEach(source -> source.scan.close());
    }
  }

  /** The next donor whose page has been read: an unreachable donor does not stop the others. */
  private Source ready(List<Source> open, TargetWriter writer)
      throws StepException, InterruptedException {
    while (true) {
      context.control().check();
      writer.finishWritten();
      for (int i = 0; i < open.size(); i++) {
        if (open.get(i).scan.isReady()) {
          Source source = open.remove(i);
          open.add(source);
          return source;
        }
      }
      context.time().sleep(POLL_INTERVAL);
    }
  }

  /** The part of one donor. */
  private final class Source {
    private final Scan scan;
    private MigrationPart part;
    private String reached;

    Source(PointSlice slice, Shard donor, MigrationPart part, int sideBySide) {
      this.part = part;
      this.reached = part.lastId();
      this.scan =
          Scan.ahead(
                  calls,
                  context.tasks(),
                  donor,
                  part.collection(),
                  sideBySide,
                  slice.between(donor))
              .resumeAt(part.offset(), part.lastId());
    }

    /** A request does not span pages, because the logged cursor belongs to one page of one scan. */
    void copy(Scan.Page page, TargetWriter writer) throws StepException, InterruptedException {
      int points = 0;
      long bytes = 0;
      for (Row row : page.rows()) {
        reached = row.id();
        writer.upsert(row);
        points++;
        bytes += row.size();
        if (writer.isFull()) {
          send(writer, points, bytes, page.offset(), false);
          points = 0;
          bytes = 0;
        }
      }
      reached = page.reached();
      send(writer, points, bytes, page.next(), page.last());
    }

    private void send(TargetWriter writer, int points, long bytes, long offset, boolean done)
        throws StepException, InterruptedException {
      String lastId = reached;
      writer.sendRows(
          () -> {
            part = after(points, offset, lastId, done);
            context.control().moved(part, bytes);
          });
    }

    private MigrationPart after(int points, long offset, String lastId, boolean done) {
      long pointsDone = part.pointsDone() + points;
      return new MigrationPart(
          part.collection(),
          part.from(),
          part.to(),
          done ? pointsDone : Math.max(part.pointsTotal(), pointsDone),
          pointsDone,
          offset,
          lastId,
          done);
    }
  }
}
