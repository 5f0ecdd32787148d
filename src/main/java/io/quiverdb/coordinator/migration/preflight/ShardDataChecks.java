// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardSighting;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whether a new address has the data of a shard. Not thread-safe. */
final class ShardDataChecks {
  static final String FORCED = "not run: force";

  /** Counts may differ by one part in so many. */
  private static final long COUNT_PARTS = 100;

  private static final int SAMPLE = 100;
  private static final int SMALLEST_SAMPLE = 20;

  /** Of a sample; leftovers of other shards are few. */
  private static final double FOREIGN_SHARE = 0.9;

  private final ShardApi shards;
  private final ShardMap map;
  private final Shard shard;
  private final String url;
  private Optional<SortedMap<String, ShardCollection>> there = Optional.empty();

  /**
   * What must be there.
   *
   * @param origin the source of this knowledge, for the operator
   */
  private record Wanted(SortedMap<String, ShardCollection> collections, String origin) {
    static Wanted of(ShardSighting seen) {
      return of(
          seen.collections(),
          "seen at " + seen.url() + " on " + seen.at().truncatedTo(ChronoUnit.SECONDS));
    }

    static Wanted of(List<ShardCollection> listed, String origin) {
      TreeMap<String, ShardCollection> byName = new TreeMap<>();
      listed.stream()
          .filter(one -> !AliasProbe.isProbe(one.name()))
          .forEach(one -> byName.put(one.name(), one));
      return new Wanted(byName, origin);
    }
  }

  ShardDataChecks(ShardApi shards, ShardMap map, Shard shard, String url) {
    this.shards = shards;
    this.map = map;
    this.shard = shard;
    this.url = url;
  }

  void make(Checklist list, Optional<ShardSighting> seen, boolean force)
      throws InterruptedException {
    Optional<Wanted> last = seen.map(Wanted::of);
    collections(list, last.isPresent() ? last : ofAnotherShard());
    if (force) {
      list.notRun("counts_match", FORCED);
    } else {
      list.check(
          "counts_match",
          last.map(wanted -> "the counts are within 1% of those " + wanted.origin()).orElse(""),
          () -> last.isPresent() ? counts(last.get()) : Optional.of(unseen()));
    }
    list.check("points_belong", "no other shard's points are there", this::foreign);
  }

  private String unseen() {
    return "the leader has not seen what shard "
        + Long.toUnsignedString(shard.id())
        + " holds since it started, or it holds too many collections to be"
        + " remembered: it is unknown whether all of it is at "
        + url
        + "; compare the counts yourself, then repeat it with force";
  }

  private void collections(Checklist list, Optional<Wanted> wanted) throws InterruptedException {
    if (wanted.isEmpty()) {
      list.notRun(
          "collections_match",
          "not run: the leader has not seen the shard since it started, and no other one answers");
      return;
    }
    list.check(
        "collections_match",
        "the collections " + wanted.get().origin() + " are there, with the same schemas",
        () -> differences(wanted.get()));
  }

  /** Every shard has the same collections. */
  private Optional<Wanted> ofAnotherShard() throws InterruptedException {
    for (Shard other : map.shards()) {
      Optional<Wanted> listed =
          other.id() == shard.id() ? Optional.empty() : listed(other.primaryUrl());
      if (listed.isPresent()) {
        return listed;
      }
    }
    return Optional.empty();
  }

  /** Empty: it does not answer, and another one may. */
  private Optional<Wanted> listed(String otherUrl) throws InterruptedException {
    try {
      return Optional.of(Wanted.of(shards.collections(otherUrl), "that " + otherUrl + " has"));
    } catch (ShardException e) {
      return Optional.empty();
    }
  }

  /** What is at the new address, listed once. */
  private SortedMap<String, ShardCollection> there() throws ShardException, InterruptedException {
    if (there.isEmpty()) {
      there = Optional.of(AliasProbe.usersCollections(shards, url));
    }
    return there.get();
  }

  private Optional<String> differences(Wanted wanted) throws ShardException, InterruptedException {
    Map<String, ShardCollection> there = there();
    List<String> problems = new ArrayList<>();
    for (ShardCollection like : wanted.collections().values()) {
      Optional<ShardCollection> found = Optional.ofNullable(there.get(like.name()));
      if (found.isEmpty()) {
        problems.add("collection " + like.name() + " is missing at " + url);
      } else if (!found.get().sameSchema(like)) {
        problems.add(
            "collection "
                + like.name()
                + " has another schema at "
                + url
                + ": "
                + found.get().schema()
                + ", not "
                + like.schema());
      }
    }
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.join("; ", problems) + "; wanted are the collections " + wanted.origin());
  }

  private Optional<String> counts(Wanted wanted) throws ShardException, InterruptedException {
    SortedMap<String, ShardCollection> there = there();
    TreeMap<String, Long> names = new TreeMap<>();
    wanted.collections().forEach((name, collection) -> names.put(name, collection.count()));
    there.keySet().forEach(name -> names.putIfAbsent(name, 0L));
    List<String> problems = new ArrayList<>();
    names.forEach(
        (name, before) -> {
          long now = Optional.ofNullable(there.get(name)).map(ShardCollection::count).orElse(0L);
          if (Math.abs(now - before) > before / COUNT_PARTS) {
            problems.add(name + ": " + now + " points, not " + before);
          }
        });
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.join("; ", problems)
                + " "
                + wanted.origin()
                + ": what is missing would be lost; if you know why they differ, repeat it with"
                + " force");
  }

  /**
   * Routers place points by their ids, so a process with the points of another shard shows. A mixed
   * sample says nothing: clients may have written to shards by themselves.
   */
  private Optional<String> foreign() throws ShardException, InterruptedException {
    Optional<ShardCollection> sampled =
        there().values().stream()
            .filter(one -> one.count() >= SMALLEST_SAMPLE && !one.multivector())
            .min(Comparator.comparingLong(ShardCollection::count));
    if (sampled.isEmpty() || map.shards().size() == 1) {
      return Optional.empty();
    }
    List<String> ids = new ArrayList<>();
    try {
      var unused =
          shards.fetch(
              url,
              sampled.get().name(),
              0,
              SAMPLE,
              ShardApi.PAGE_BYTES,
              id -> {
                ids.add(id);
                return false;
              });
    } catch (ShardException e) {
      if (e.kind() == ShardException.Kind.REFUSED) {
        // Its rows are too long for such a page.
        return Optional.empty();
      }
      throw e;
    }
    ShardMap settled = new ShardMap(map.version(), map.shards(), List.of(), List.of());
    Map<Long, Integer> owners = new HashMap<>();
    for (String id : ids) {
      OptionalLong owner = RendezvousHash.owner(settled, id);
      owner.ifPresent(one -> owners.merge(one, 1, Integer::sum));
    }
    for (Map.Entry<Long, Integer> owner : owners.entrySet()) {
      if (owner.getKey() != shard.id() && owner.getValue() >= FOREIGN_SHARE * ids.size()) {
        return Optional.of(
            "of "
                + ids.size()
                + " points of "
                + sampled.get().name()
                + " at "
                + url
                + ", "
                + owner.getValue()
                + " belong to shard "
                + Long.toUnsignedString(owner.getKey())
                + ": these are that shard's points");
      }
    }
    return Optional.empty();
  }
}
