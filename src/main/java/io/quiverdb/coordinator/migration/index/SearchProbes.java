// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.migration.port.Tasks.Task;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.migration.step.Partition;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Samples copied points and checks whether searches find them. The sample comes from both ends of
 * the donors' listings, because a stale index lacks the points that were copied last.
 */
final class SearchProbes {
  /** A search that takes longer is waiting for a build. */
  static final Duration SEARCH_TIMEOUT = Duration.ofSeconds(2);

  private static final int PER_COLLECTION = 8;
  private static final int PAGE_ROWS = 200;
  private static final int NEIGHBOURS = 10;

  /** Donors that are read at the same time, each for two stretches of rows. */
  private static final int MAX_DONORS = 3;

  /** Bytes of rows that are read at a time: they bound the leader's memory. */
  private static final int MAX_STRETCH_BYTES = 4 << 20;

  /**
   * Memory limits of a reader, in bytes.
   *
   * @param stretch of a listing
   * @param row the longest row; equal to the stretch if no longer row may be read
   */
  private record Room(int stretch, int row) {}

  private static final Room ALONE = new Room(MAX_STRETCH_BYTES, ShardApi.PAGE_BYTES);
  private static final Room SHARED =
      new Room(MAX_STRETCH_BYTES / MAX_DONORS, MAX_STRETCH_BYTES / MAX_DONORS);

  /** A point that was copied from a donor. */
  record Probe(Row row, String donorUrl) {}

  private final MigrationContext context;
  private final MigrationShards involved;
  private final ListingCache listings;

  /**
   * For the points of a migration.
   *
   * @param listings that say how many points donors hold
   */
  SearchProbes(MigrationContext context, ListingCache listings) {
    this.context = context;
    this.involved = MigrationShards.of(context);
    this.listings = listings;
  }

  /** Up to 8 points of a collection that move to this shard. */
  List<Probe> sample(String collection, Shard target) throws ShardException, InterruptedException {
    try {
      return spread(sampleSideBySide(collection, target));
    } catch (ShardException e) {
      if (e.kind() != ShardException.Kind.REFUSED) {
        throw e;
      }
      // The rows are too long to read several donors at a time.
      List<Probe> probes = new ArrayList<>();
      long bytes = 0;
      for (Shard donor : involved.donors()) {
        if (bytes < MAX_STRETCH_BYTES) {
          List<Probe> its = spread(sample(collection, donor, target, ALONE));
          bytes += its.stream().mapToLong(probe -> probe.row().memory()).sum();
          probes.addAll(its);
        }
      }
      return spread(probes);
    }
  }

  private List<Probe> sampleSideBySide(String collection, Shard target)
      throws ShardException, InterruptedException {
    List<Probe> probes = new ArrayList<>();
    for (List<Shard> donors : Partition.of(involved.donors(), MAX_DONORS)) {
      List<Task<List<Probe>>> asked = new ArrayList<>();
      try {
        for (Shard donor : donors) {
          String name = "sample " + donor.primaryUrl() + " " + collection;
          asked.add(context.tasks().start(name, () -> sample(collection, donor, target, SHARED)));
        }
        for (Task<List<Probe>> one : asked) {
          probes.addAll(TaskJoin.of(one, ShardException.class));
        }
      } finally {
        asked.forEach(Task::cancel);
        asked.forEach(TaskJoin::quietly);
      }
    }
    return probes;
  }

  private List<Probe> sample(String collection, Shard donor, Shard target, Room room)
      throws ShardException, InterruptedException {
    List<Probe> probes = new ArrayList<>();
    for (Row row : ends(donor.primaryUrl(), collection, room)) {
      if (!row.id().isEmpty() && involved.moves(row.id(), donor, target)) {
        probes.add(new Probe(row, donor.primaryUrl()));
      }
    }
    return probes;
  }

  /** Evenly spread over the list, first and last included. */
  private static List<Probe> spread(List<Probe> all) {
    if (all.size() <= PER_COLLECTION) {
      return all;
    }
    List<Probe> some = new ArrayList<>();
    for (int i = 0; i < PER_COLLECTION; i++) {
      some.add(all.get(i * (all.size() - 1) / (PER_COLLECTION - 1)));
    }
    return some;
  }

  private Set<Row> ends(String url, String collection, Room room)
      throws ShardException, InterruptedException {
    long count = listings.count(url, collection);
    Set<Row> rows = new LinkedHashSet<>();
    if (count > 0) {
      rows.addAll(rows(url, collection, 0, PAGE_ROWS, room));
    }
    if (count > PAGE_ROWS) {
      rows.addAll(last(url, collection, count, (int) Math.min(PAGE_ROWS, count - PAGE_ROWS), room));
    }
    return rows;
  }

  /** The end of a listing, in one page; a shorter one if the rows are long. */
  private List<Row> last(String url, String collection, long count, int most, Room room)
      throws ShardException, InterruptedException {
    int asked = Math.min(most, context.shards().fetchLimit(url, collection));
    while (true) {
      context.control().check();
      try {
        return page(url, collection, count - asked, asked, room).rows();
      } catch (ShardException e) {
        asked = half(asked, e);
      }
    }
  }

  /**
   * Some rows of a listing, in as many pages as the shard wants them; fewer if they are long.
   *
   * @param most how many rows at most
   */
  List<Row> rows(String url, String collection, long offset, int most)
      throws ShardException, InterruptedException {
    return rows(url, collection, offset, most, ALONE);
  }

  private List<Row> rows(String url, String collection, long offset, int most, Room room)
      throws ShardException, InterruptedException {
    int limit = context.shards().fetchLimit(url, collection);
    List<Row> rows = new ArrayList<>();
    long bytes = 0;
    while (rows.size() < most && bytes < room.stretch()) {
      context.control().check();
      int asked = Math.min(limit, most - rows.size());
      ShardPage page;
      try {
        page = page(url, collection, offset + rows.size(), asked, room);
      } catch (ShardException e) {
        limit = half(asked, e);
        continue;
      }
      rows.addAll(page.rows());
      bytes += page.bytes();
      if (page.count() < asked) {
        break;
      }
    }
    return rows;
  }

  private ShardPage page(String url, String collection, long offset, int rows, Room room)
      throws ShardException, InterruptedException {
    int most = rows == 1 ? room.row() : room.stretch();
    return context.shards().fetch(url, collection, offset, rows, most, id -> true);
  }

  private static int half(int rows, ShardException e) throws ShardException {
    if (e.kind() != ShardException.Kind.REFUSED || rows == 1) {
      throw e;
    }
    return rows / 2;
  }

  /**
   * How many probes were found. A probe does not count if its donor does not find it either, or if
   * the point is absent here.
   */
  record Outcome(int found, int counted, int asked) {
    boolean all() {
      return found == counted && tells();
    }

    boolean most() {
      return found * 2 > counted && tells();
    }

    /**
     * Whether enough probes count. If the donors find few, their own indexes may be under
     * construction.
     */
    boolean tells() {
      return asked == 0 || counted * 2 > asked;
    }
  }

  /**
   * Searches for the probes here.
   *
   * @throws ShardException if {@code url}, or the donor of a probe that is not found here, refuses
   *     searches, or does not answer them in time
   */
  Outcome look(String url, String collection, List<Probe> probes)
      throws ShardException, InterruptedException {
    int found = 0;
    int counted = 0;
    for (Probe probe : probes) {
      context.control().check();
      Row row = probe.row();
      boolean there = finds(url, collection, row);
      if (!there) {
        // A write that failed at the donor may have succeeded here: another vector, or no point.
        Optional<Row> here = context.shards().point(url, collection, row.id());
        if (here.isEmpty()) {
          continue;
        }
        there = !here.get().sameContent(row) && finds(url, collection, here.get());
      }
      if (there) {
        found++;
        counted++;
      } else if (finds(probe.donorUrl(), collection, row)) {
        counted++;
      }
    }
    return new Outcome(found, counted, probes.size());
  }

  private boolean finds(String url, String collection, Row row)
      throws ShardException, InterruptedException {
    return near(url, collection, row).contains(row.id());
  }

  /** The ids nearest to a point. */
  List<String> near(String url, String collection, Row row)
      throws ShardException, InterruptedException {
    return context.shards().search(url, collection, row, NEIGHBOURS, SEARCH_TIMEOUT);
  }
}
