// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.points.Pacer.WriteKind;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.migration.step.Action;
import io.quiverdb.coordinator.migration.step.CallContext;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.Query;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.migration.step.StepStopped;
import io.quiverdb.coordinator.migration.wait.UnknownOutcomes;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import io.quiverdb.coordinator.shard.ShardPage;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Calls shards until they answer: a failed call is retried, the migration holds while the shard is
 * unreachable, and an error never counts as an answer. Writes are paced. Thread-safe.
 *
 * <p>Every call may throw {@link StepStopped}, {@link FencedException} and {@link ShardSkipped}.
 */
final class DataCalls {
  /** The smallest page: pages overlap by one row. */
  static final int SMALLEST_PAGE = 2;

  /**
   * The cost of a returned row for a shard, in skipped rows: 6 us against 0.5 us
   * (docs/quiver-contract.md).
   */
  static final int ROWS_PER_LISTED_ROW = 12;

  /** Below the 32 MiB that a shard accepts, with room for the JSON around the points. */
  private static final int MAX_BODY_BYTES = 31 << 20;

  private static final int MAX_SHOWN_ID = 100;

  private final CallContext context;
  private final Pacer pacer;
  private final PageSizes pageSizes;
  private final UnknownOutcomes late;

  DataCalls(CallContext context, Pacer pacer, PageSizes pageSizes, UnknownOutcomes late) {
    this.context = context;
    this.pacer = pacer;
    this.pageSizes = pageSizes;
    this.late = late;
  }

  /**
   * A page as it came.
   *
   * @param limit how many rows were asked for in the end; fewer rows: the listing ends here
   */
  record Page(ShardPage listed, int limit) {}

  /** All collections of a shard. */
  List<ShardCollection> collections(Shard shard) throws StepException, InterruptedException {
    return read(shard, "", () -> context.shards().collections(shard.primaryUrl()));
  }

  /** How many points a shard has in all. */
  long points(Shard shard) throws StepException, InterruptedException {
    return collections(shard).stream()
        .filter(listed -> !AliasProbe.isProbe(listed.name()))
        .mapToLong(ShardCollection::count)
        .sum();
  }

  /** How many points a collection has on a shard. */
  long count(Shard shard, String collection) throws StepException, InterruptedException {
    return collections(shard).stream()
        .filter(listed -> listed.name().equals(collection))
        .mapToLong(ShardCollection::count)
        .sum();
  }

  /** The most rows that a page of this shard may have. */
  int fetchLimit(Shard shard, String collection) throws StepException, InterruptedException {
    return read(
        shard, collection, () -> context.shards().fetchLimit(shard.primaryUrl(), collection));
  }

  /**
   * A page of the listing; a page that fails is asked for again with half the rows.
   *
   * <p>Throws {@link RowsTooLong} if two rows are too much, once for each collection: the next time
   * they may have {@link ShardApi#PAGE_BYTES}.
   *
   * @param limit {@link #SMALLEST_PAGE} or more; 1: the first row alone
   * @param maxBytes of the rows that are wanted
   * @param count how many points the collection has; 0: not known
   * @param wanted by their ids
   */
  Page page(
      Shard shard,
      String collection,
      long offset,
      int limit,
      int maxBytes,
      long count,
      Predicate<String> wanted)
      throws StepException, InterruptedException {
    Retry retry = new Retry(context, shard, collection);
    int asked = limit;
    while (true) {
      retry.check();
      boolean alone = asked <= SMALLEST_PAGE && pageSizes.isLong(collection);
      int most = alone ? Math.max(maxBytes, ShardApi.PAGE_BYTES) : maxBytes;
      try {
        ShardPage page =
            context.shards().fetch(shard.primaryUrl(), collection, offset, asked, most, wanted);
        retry.over();
        return new Page(page, asked);
      } catch (ShardException e) {
        boolean smallest = asked <= SMALLEST_PAGE;
        if (e.kind() == Kind.REFUSED && smallest && most < ShardApi.PAGE_BYTES) {
          pageSizes.areLong(collection);
          throw new RowsTooLong(String.valueOf(e.getMessage()));
        }
        // A smaller page would not help: the shard goes through all points for every page.
        boolean inVain =
            e.kind() == Kind.TIMED_OUT && count > 0 && asked <= count / ROWS_PER_LISTED_ROW;
        if (e.kind() != Kind.REFUSED || smallest) {
          retry.after(inVain ? tooManyPoints(e, collection, count) : e);
        }
        boolean late = e.kind() == Kind.TIMED_OUT || e.kind() == Kind.BROKEN;
        if (e.kind() == Kind.REFUSED || (late && !inVain)) {
          asked = Math.min(asked, Math.max(SMALLEST_PAGE, asked / 2));
        }
      }
    }
  }

  private static ShardException tooManyPoints(ShardException e, String collection, long count) {
    return new ShardException(
        e.kind(),
        e.url(),
        e.getMessage()
            + "; it goes through all "
            + count
            + " points of "
            + collection
            + " for every page: if that lasts, raise shards.request_timeout and"
            + " migration.data_timeout");
  }

  /** One point; empty if the shard says that it is absent. */
  Optional<Row> row(Shard shard, String collection, String id)
      throws StepException, InterruptedException {
    return ListingLookup.isNeeded(id)
        ? new ListingLookup(this, shard, collection).find(id)
        : read(shard, collection, () -> context.shards().point(shard.primaryUrl(), collection, id));
  }

  private <T> T read(Shard shard, String collection, Query<T, ShardException> call)
      throws StepException, InterruptedException {
    Retry retry = new Retry(context, shard, collection);
    while (true) {
      retry.check();
      try {
        T answer = call.ask();
        retry.over();
        return answer;
      } catch (ShardException e) {
        retry.after(e);
      }
    }
  }

  /** The clock. */
  Time time() {
    return context.time();
  }

  /** The page sizes learnt from earlier scans. */
  PageSizes pageSizes() {
    return pageSizes;
  }

  /** How many rows the next {@link #upsert} may have. */
  int upsertRows(Shard shard, String collection, Way way) {
    return pacer.rows(shard, collection, kind(way));
  }

  /** How many bytes of rows the next {@link #upsert} may have. */
  int upsertBytes() {
    return Math.min(context.batchBytes(), MAX_BODY_BYTES);
  }

  /** How many ids the next {@link #delete} may have. */
  int deleteRows(Shard shard, String collection) {
    return pacer.rows(shard, collection, WriteKind.DELETE);
  }

  /**
   * Writes rows, in several requests if one is refused or takes too long; a row that is refused
   * alone fails.
   */
  void upsert(Shard shard, ShardCollection collection, List<Row> rows, Way way)
      throws StepException, InterruptedException {
    upsert(new Retry(context, shard, collection.name()), shard, collection, rows, way);
  }

  private void upsert(Retry retry, Shard shard, ShardCollection collection, List<Row> rows, Way way)
      throws StepException, InterruptedException {
    String name = collection.name();
    try {
      change(
          retry,
          shard,
          name,
          kind(way),
          rows.size(),
          () -> context.shards().upsert(shard.primaryUrl(), name, rows, way));
    } catch (TooMuch e) {
      if (rows.size() == 1) {
        throw refusedRow(shard, collection, rows.get(0), e);
      }
      int half = rows.size() / 2;
      upsert(retry, shard, collection, rows.subList(0, half), way);
      upsert(retry, shard, collection, rows.subList(half, rows.size()), way);
    }
  }

  private StepFailed refusedRow(Shard shard, ShardCollection collection, Row row, TooMuch e)
      throws StepException, InterruptedException {
    boolean same =
        collections(shard).stream()
            .anyMatch(now -> now.name().equals(collection.name()) && now.sameSchema(collection));
    String message =
        "point " + shown(row.id()) + " of " + collection.name() + ": " + e.getMessage();
    if (!same) {
      throw new CollectionChanged(shard, collection.name(), message);
    }
    return new StepFailed(message);
  }

  /** Deletes points, in several requests if one is refused or takes too long. */
  void delete(Shard shard, String collection, List<String> ids)
      throws StepException, InterruptedException {
    delete(new Retry(context, shard, collection), shard, collection, ids);
  }

  private void delete(Retry retry, Shard shard, String collection, List<String> ids)
      throws StepException, InterruptedException {
    try {
      change(
          retry,
          shard,
          collection,
          WriteKind.DELETE,
          ids.size(),
          () -> context.shards().delete(shard.primaryUrl(), collection, ids));
    } catch (TooMuch e) {
      if (ids.size() == 1) {
        throw new StepFailed("delete of " + shown(ids.get(0)) + ": " + e.getMessage());
      }
      int half = ids.size() / 2;
      delete(retry, shard, collection, ids.subList(0, half));
      delete(retry, shard, collection, ids.subList(half, ids.size()));
    }
  }

  private void change(
      Retry retry,
      Shard shard,
      String collection,
      WriteKind kind,
      int rows,
      Action<ShardException> change)
      throws StepException, TooMuch, InterruptedException {
    while (true) {
      retry.check();
      long sent = context.time().nanos();
      try {
        send(shard, change);
        pacer.answered(shard, collection, kind, rows, context.time().nanos() - sent);
        retry.over();
        return;
      } catch (ShardException e) {
        if (e.kind() == Kind.REFUSED) {
          if (rows > 1) {
            pacer.refused(shard, collection, kind, rows);
          }
          throw new TooMuch(e);
        }
        afterOne(retry, e, rows);
        if ((e.kind() == Kind.TIMED_OUT || e.kind() == Kind.BROKEN) && rows > 1) {
          // Sent again unchanged, it might time out again; and a 413 is lost if the connection
          // closes while the body is being sent.
          pacer.late(shard, collection, kind, rows);
          throw new TooMuch(e);
        }
      }
    }
  }

  /** A single row that only ever breaks the connection may be too large. */
  private static void afterOne(Retry retry, ShardException e, int rows)
      throws StepException, TooMuch, InterruptedException {
    try {
      retry.after(e);
    } catch (StepFailed given) {
      if (e.kind() == Kind.BROKEN && rows == 1) {
        throw new TooMuch(e);
      }
      throw given;
    }
  }

  private void send(Shard shard, Action<ShardException> change)
      throws ShardException, InterruptedException {
    boolean known = false;
    try {
      change.run();
      known = true;
    } catch (ShardException e) {
      known = !e.mayTakeEffect();
      throw e;
    } catch (FencedException e) {
      known = true;
      throw e;
    } finally {
      if (!known) {
        late.unknown(shard);
      }
    }
  }

  /**
   * Waits until none of this member's requests can still take effect. Call it while none is open.
   */
  void awaitOutcomes(MigrationContext migration) throws InterruptedException {
    late.awaitOutcomes(migration);
  }

  private static WriteKind kind(Way way) {
    return switch (way) {
      case POINTS -> WriteKind.UPSERT;
      case BULK -> WriteKind.BULK;
    };
  }

  private static String shown(String id) {
    return '"' + (id.length() <= MAX_SHOWN_ID ? id : id.substring(0, MAX_SHOWN_ID) + "...") + '"';
  }

  /** A request was refused for its content or its size, or broke the connection. */
  private static final class TooMuch extends Exception {
    private static final long serialVersionUID = 1L;

    TooMuch(ShardException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
