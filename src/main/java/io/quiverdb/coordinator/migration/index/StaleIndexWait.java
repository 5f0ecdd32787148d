// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Waits until searches on the donors and their replicas no longer find dropped points. The probes
 * come from the new owner. Not needed for correctness.
 */
public final class StaleIndexWait {
  private static final int SAMPLE_ROWS = 50;
  private static final int PAGE_ROWS = 1_000;

  private final MigrationContext context;
  private final IndexBuildTrigger indexes;
  private final ListingCache listings;
  private final SearchProbes probes;
  private final Set<String> fresh = new HashSet<>();

  /**
   * Where clients wrote moving points after the copy, which the logged progress does not contain.
   */
  private final Set<String> unlogged = new HashSet<>();

  /**
   * Why the wait is not over.
   *
   * @param word what is waited for
   * @param urls of which shard
   */
  private record Stale(String word, String detail, List<String> urls) {}

  /** For one step; the open searches outlive it. */
  public StaleIndexWait(MigrationContext context, IndexBuildTrigger indexes) {
    this.context = context;
    this.indexes = indexes;
    this.listings = new ListingCache(context.shards());
    this.probes = new SearchProbes(context, listings);
  }

  /**
   * Returns when no search finds dropped points, or after {@code coolingLimit} with a warning to
   * the operator.
   */
  public void await() throws InterruptedException {
    long end = context.time().nanos() + context.settings().coolingLimit().toNanos();
    while (true) {
      context.control().check();
      MigrationShards involved = MigrationShards.of(context);
      Shard owner = involved.targets().get(0);
      if (context.skips(owner.id())) {
        // No other shard has the vectors of the dropped points.
        return;
      }
      IndexBuildTrigger.Changes logged = ChangedPoints.onDonors(context);
      IndexBuildTrigger.Changes changes =
          (url, name) ->
              Math.max(logged.points(url, name), unlogged.contains(place(url, name)) ? 1 : 0);
      indexes.poll(context, MigrationShards.urls(involved.donors()), changes);
      listings.forget();
      Optional<Stale> stale = staleOrUnknown(involved, owner, changes);
      if (stale.isEmpty()) {
        context.control().goingOn();
        return;
      }
      if (context.time().nanos() - end >= 0) {
        context.control().finishWithWarning("cooling timed out: " + stale.get().detail());
        return;
      }
      if (stale.get().word().equals("shard")) {
        context.control().hold("shard", stale.get().detail(), stale.get().urls());
      } else {
        context
            .control()
            .reportWaiting(stale.get().word(), stale.get().detail(), stale.get().urls());
        context.time().sleep(IndexBuildTrigger.INTERVAL);
      }
    }
  }

  /** An owner that does not answer must not block the end of the migration. */
  private Optional<Stale> staleOrUnknown(
      MigrationShards involved, Shard owner, IndexBuildTrigger.Changes changes)
      throws InterruptedException {
    try (MemoryBudget.Share share =
        context.memory().take(MemoryBudget.STEP_BYTES, context.time())) {
      return stale(involved, owner, changes);
    } catch (ShardException e) {
      return Optional.of(new Stale(word(e), String.valueOf(e.getMessage()), List.of(e.url())));
    }
  }

  /** A dead shard may be skipped; a slow one may be building an index. */
  private static String word(ShardException e) {
    return e.kind() == ShardException.Kind.NEVER_SENT ? "shard" : "index";
  }

  /**
   * Checks every donor, because builds run in parallel, and returns one reason to wait. An
   * unreachable shard comes first: there the operator can act.
   */
  private Optional<Stale> stale(
      MigrationShards involved, Shard owner, IndexBuildTrigger.Changes changes)
      throws ShardException, InterruptedException {
    List<Stale> stale = new ArrayList<>();
    Set<String> away = new HashSet<>();
    for (ShardCollection collection : listings.of(owner.primaryUrl()).values()) {
      // A multivector collection was created by clients since the flip: nothing of it was moved.
      if (collection.multivector() || isFresh(involved, collection.name())) {
        continue;
      }
      Moved moved = new Moved(owner.primaryUrl(), collection.name());
      for (Shard donor : involved.donors()) {
        for (String url : donor.urls()) {
          if (!away.contains(url) && !fresh.contains(place(url, collection.name()))) {
            try {
              stale(moved, url, id -> involved.moves(id, donor, owner), changes)
                  .ifPresent(stale::add);
            } catch (ShardException e) {
              if (e.url().equals(owner.primaryUrl())) {
                throw e;
              }
              stale.add(new Stale(word(e), String.valueOf(e.getMessage()), List.of(e.url())));
              away.add(url);
            }
          }
        }
      }
    }
    return stale.stream()
        .filter(one -> one.word().equals("shard"))
        .findFirst()
        .or(() -> stale.stream().findFirst());
  }

  /** Rows of one collection on the owner, read once, on demand. */
  private final class Moved {
    private final String ownerUrl;
    private final String collection;
    private Optional<List<Row>> rows = Optional.empty();

    Moved(String ownerUrl, String collection) {
      this.ownerUrl = ownerUrl;
      this.collection = collection;
    }

    List<Row> some(Predicate<String> slice) throws ShardException, InterruptedException {
      if (rows.isEmpty()) {
        rows = Optional.of(probes.rows(ownerUrl, collection, 0, PAGE_ROWS));
      }
      return rows.get().stream().filter(row -> slice.test(row.id())).limit(SAMPLE_ROWS).toList();
    }
  }

  private Optional<Stale> stale(
      Moved moved, String url, Predicate<String> slice, IndexBuildTrigger.Changes changes)
      throws ShardException, InterruptedException {
    String name = moved.collection;
    boolean building = isBuilding(url, name);
    if (building && changes.points(url, name) > 0) {
      return Optional.of(new Stale("index", url + " builds the index of " + name, List.of(url)));
    }
    List<Row> dropped = moved.some(slice);
    if (building && !dropped.isEmpty()) {
      unlogged.add(place(url, name));
      return Optional.of(
          new Stale("index", url + " is to build the index of " + name, List.of(url)));
    }
    if (shows(url, name, dropped, slice)) {
      return Optional.of(
          new Stale(
              "index",
              "searches on " + url + " still show dropped points of " + name,
              List.of(url)));
    }
    fresh.add(place(url, name));
    return Optional.empty();
  }

  private boolean isFresh(MigrationShards involved, String collection) {
    return MigrationShards.urls(involved.donors()).stream()
        .allMatch(url -> fresh.contains(place(url, collection)));
  }

  private static String place(String url, String collection) {
    return url + " " + collection;
  }

  /** A search would wait for that build, and its time-out would discard the build. */
  private boolean isBuilding(String url, String name) throws ShardException, InterruptedException {
    ShardCollection here = listings.of(url).get(name);
    return here != null
        && here.count() > 0
        && !here.indexReady().orElse(true)
        && !indexes.isRefused(url, here);
  }

  private boolean shows(String url, String collection, List<Row> dropped, Predicate<String> slice)
      throws ShardException, InterruptedException {
    try {
      for (Row row : dropped) {
        context.control().check();
        if (probes.near(url, collection, row).stream().anyMatch(slice)) {
          return true;
        }
      }
      return false;
    } catch (ShardException e) {
      switch (e.kind()) {
        case REFUSED, NO_COLLECTION -> {
          return false;
        }
        case NEVER_SENT -> throw e;
        default -> {
          return true;
        }
      }
    }
  }
}
