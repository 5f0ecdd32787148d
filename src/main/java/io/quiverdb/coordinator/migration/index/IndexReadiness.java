// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.migration.index.SearchProbes.Probe;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until searches on the targets and their replicas find the copied points. */
public final class IndexReadiness {
  private static final Logger LOG = LoggerFactory.getLogger(IndexReadiness.class);

  /** A replica that is behind for longer has probably stopped following. */
  private static final Duration REPLICATION_TIMEOUT = Duration.ofSeconds(15);

  /** Accept "most, but not all, probes found" after this long. */
  private static final Duration MOSTLY_FOUND_TIMEOUT = Duration.ofSeconds(10);

  /** Added for each point if the shard does not report {@code index_ready} (0.27.0). */
  private static final Duration UNREPORTED_BUILD_PER_POINT = Duration.ofMillis(1);

  /** Accept probes as unsearchable that neither donor nor target finds for this long. */
  private static final Duration FOUND_NOWHERE_TIMEOUT = Duration.ofSeconds(60);

  private final MigrationContext context;
  private final IndexBuildTrigger indexes;
  private final ListingCache listings;
  private final SearchProbes probes;
  private final Map<String, Long> nearly = new HashMap<>();
  private final Set<String> ready = new HashSet<>();
  private final Map<String, Long> countsBefore = new HashMap<>();

  /** The probes of the current collection; those of all collections would not fit into memory. */
  private Optional<List<Probe>> sampled = Optional.empty();

  /**
   * Something that is not ready.
   *
   * @param word what is waited for
   */
  private record NotReady(String word, String detail) {}

  /** For one step; the open searches outlive it. */
  public IndexReadiness(MigrationContext context, IndexBuildTrigger indexes) {
    this.context = context;
    this.indexes = indexes;
    this.listings = new ListingCache(context.shards());
    this.probes = new SearchProbes(context, listings);
  }

  /** Returns when all indexes and replicas are ready. */
  public void await() throws ShardException, InterruptedException {
    List<Shard> targets = MigrationShards.of(context).targets();
    List<String> urls = MigrationShards.urls(targets);
    long begun = context.time().nanos();
    while (true) {
      context.control().check();
      IndexBuildTrigger.Changes changes = ChangedPoints.onTargets(context);
      indexes.poll(context, urls, changes);
      listings.forget();
      List<NotReady> notReady = new ArrayList<>();
      try (MemoryBudget.Share share =
          context.memory().take(MemoryBudget.STEP_BYTES, context.time())) {
        for (Shard target : targets) {
          look(target, changes, notReady);
        }
      }
      if (notReady.isEmpty()) {
        // All indexes are ready; nothing polls open searches from here on.
        indexes.closeAll();
        context.control().goingOn();
        return;
      }
      NotReady first = notReady.get(0);
      boolean late = context.time().nanos() - begun > REPLICATION_TIMEOUT.toNanos();
      if (first.word().equals("replica") && late) {
        context.control().hold(first.word(), first.detail());
      } else {
        context.control().reportWaiting(first.word(), first.detail());
        context.time().sleep(IndexBuildTrigger.INTERVAL);
      }
    }
  }

  private void look(Shard target, IndexBuildTrigger.Changes changes, List<NotReady> notReady)
      throws ShardException, InterruptedException {
    String url = target.primaryUrl();
    Map<String, ShardCollection> primary = context.shards().collectionsByName(url);
    Map<String, Map<String, ShardCollection>> replicas = new LinkedHashMap<>();
    for (String replica : target.replicaUrls()) {
      replicas.put(replica, context.shards().collectionsByName(replica));
    }
    Map<String, ShardCollection> after =
        replicas.isEmpty() ? primary : context.shards().collectionsByName(url);
    for (ShardCollection collection : primary.values()) {
      String name = collection.name();
      if (changes.points(url, name) == 0) {
        continue;
      }
      search(target, url, collection).ifPresent(notReady::add);
      long later = Optional.ofNullable(after.get(name)).orElse(collection).count();
      for (Map.Entry<String, Map<String, ShardCollection>> held : replicas.entrySet()) {
        String replica = held.getKey();
        Optional<ShardCollection> copy = Optional.ofNullable(held.getValue().get(name));
        if (copy.isEmpty() || !follows(copy.get().count(), collection, later, target)) {
          notReady.add(new NotReady("replica", behind(replica, copy, collection)));
        } else {
          search(target, replica, copy.get()).ifPresent(notReady::add);
        }
      }
      sampled = Optional.empty();
    }
    primary.values().forEach(c -> countsBefore.put(key(url, c.name()), c.count()));
  }

  /** While clients write, a replica's count is one that the primary had a moment ago. */
  private boolean follows(long count, ShardCollection primary, long later, Shard target) {
    long earlier =
        countsBefore.getOrDefault(key(target.primaryUrl(), primary.name()), primary.count());
    long low = Math.min(Math.min(earlier, later), primary.count());
    long high = Math.max(Math.max(earlier, later), primary.count());
    return count >= low && count <= high;
  }

  private static String behind(
      String replica, Optional<ShardCollection> copy, ShardCollection collection) {
    return "replica "
        + replica
        + copy.map(c -> " holds " + c.count() + " points of ").orElse(" does not have ")
        + collection.name()
        + ", its primary "
        + collection.count()
        + ": if it stays behind it has stopped to follow; restart it, or cancel";
  }

  private Optional<NotReady> search(Shard target, String url, ShardCollection collection)
      throws ShardException, InterruptedException {
    // A multivector collection is never moved: only a remaining shard of a drain has it.
    if (collection.count() == 0
        || collection.multivector()
        || ready.contains(key(url, collection.name()))) {
      return Optional.empty();
    }
    if (collection.indexReady().map(there -> !there).orElse(false)) {
      if (!indexes.isRefused(url, collection)) {
        return Optional.of(
            new NotReady("index", url + " builds the index of " + collection.name()));
      }
      LOG.warn("not searched before the flip: {} refuses searches of {}", url, collection.name());
      ready.add(key(url, collection.name()));
      return Optional.empty();
    }
    boolean found;
    try {
      found = found(url, collection, target);
    } catch (ShardException e) {
      if (!isNoReasonToWait(e, url)) {
        return Optional.of(new NotReady("index", "a search does not answer: " + e.getMessage()));
      }
      LOG.warn("not searched before the flip: {}", e.getMessage());
      found = true;
    }
    if (!found) {
      return Optional.of(
          new NotReady(
              "index", "searches on " + url + " do not find moved points of " + collection.name()));
    }
    ready.add(key(url, collection.name()));
    return Optional.empty();
  }

  /**
   * A collection that this shard cannot search counts as ready. A refusal by the donor says nothing
   * about this shard. If the collection is gone on either side, the comparison of collections
   * before the flip finds that.
   */
  private static boolean isNoReasonToWait(ShardException e, String url) {
    return e.kind() == ShardException.Kind.NO_COLLECTION
        || (e.kind() == ShardException.Kind.REFUSED && e.url().equals(url));
  }

  /**
   * A stale index lacks the latest points; an approximate index may always miss some. So all probes
   * are awaited first, and most of them are enough after a while.
   */
  private boolean found(String url, ShardCollection collection, Shard target)
      throws ShardException, InterruptedException {
    String name = collection.name();
    SearchProbes.Outcome outcome = probes.look(url, name, sample(name, target));
    if (outcome.all()) {
      return true;
    }
    // Clients may have deleted some probes meanwhile.
    sampled = Optional.empty();
    if (outcome.tells() && !outcome.most()) {
      nearly.remove(key(url, name));
      return false;
    }
    long since = nearly.computeIfAbsent(key(url, name), k -> context.time().nanos());
    Duration patience = outcome.tells() ? mostlyFoundTimeout(collection) : FOUND_NOWHERE_TIMEOUT;
    return context.time().nanos() - since > patience.toNanos();
  }

  private static Duration mostlyFoundTimeout(ShardCollection collection) {
    return collection.indexReady().isPresent()
        ? MOSTLY_FOUND_TIMEOUT
        : MOSTLY_FOUND_TIMEOUT.plus(UNREPORTED_BUILD_PER_POINT.multipliedBy(collection.count()));
  }

  private List<Probe> sample(String collection, Shard target)
      throws ShardException, InterruptedException {
    if (sampled.isEmpty()) {
      sampled = Optional.of(probes.sample(collection, target));
    }
    return sampled.get();
  }

  private static String key(String url, String collection) {
    return url + " " + collection;
  }
}
