// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.schema;

import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Checks that the shard that joins or leaves is not another shard of the map under a second name,
 * and that its replicas follow it. A collection that is created on it must appear on its replicas
 * and nowhere else.
 */
public final class AliasProbe {
  /** The prefix of probe collections; no user's collection should have it. */
  public static final String PREFIX = "quiver_coordinator_probe_";

  private static final Duration REPLICATION_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final ShardApi shards;
  private final Time time;

  /** Over these shards. */
  public AliasProbe(ShardApi shards, Time time) {
    this.shards = shards;
    this.time = time;
  }

  /** A name that no collection has. */
  public String freshName(String purpose) {
    return PREFIX + purpose + "_" + Long.toHexString(time.epochMillis());
  }

  /**
   * What is wrong; empty: the shard is unique, and its replicas follow. Leaves no collection
   * behind.
   *
   * @param moving without replicas, if they need not follow
   */
  public Optional<String> problem(Shard moving, List<Shard> others)
      throws ShardException, InterruptedException {
    dropLeftovers(moving.primaryUrl());
    for (Shard other : others) {
      dropLeftovers(other.primaryUrl());
    }
    String name = freshName("alias");
    shards.create(moving.primaryUrl(), plain(name), Optional.empty());
    Optional<String> problem;
    try {
      problem = alias(moving, others, name);
      if (problem.isEmpty() && !shows(moving.primaryUrl(), name)) {
        // Another start has dropped it as a leftover: its absence elsewhere proves nothing then.
        problem = Optional.of("the collection " + name + " was dropped meanwhile; try again");
      }
      for (String replica : moving.replicaUrls()) {
        problem = problem.isPresent() ? problem : deaf(moving, replica, name);
      }
    } finally {
      var unused = shards.drop(moving.primaryUrl(), name);
    }
    return problem;
  }

  /** A leader that died may have left probes behind. */
  private void dropLeftovers(String url) throws ShardException, InterruptedException {
    for (ShardCollection leftover : shards.collections(url)) {
      if (isProbe(leftover.name()) && leftover.count() == 0) {
        var unused = shards.drop(url, leftover.name());
      }
    }
  }

  /** Whether a collection has the name of a probe. */
  public static boolean isProbe(String collection) {
    return collection.startsWith(PREFIX);
  }

  /** The collections of a shard without those of probes: one may be left over. */
  public static SortedMap<String, ShardCollection> usersCollections(ShardApi shards, String url)
      throws ShardException, InterruptedException {
    SortedMap<String, ShardCollection> collections = shards.collectionsByName(url);
    collections.keySet().removeIf(AliasProbe::isProbe);
    return collections;
  }

  private static ShardCollection plain(String name) {
    return new ShardCollection(
        name,
        0,
        "hnsw",
        false,
        Optional.empty(),
        "{\"dim\":2,\"index\":\"hnsw\",\"metric\":\"l2\",\"name\":\"" + name + "\"}");
  }

  private Optional<String> alias(Shard moving, List<Shard> others, String name)
      throws ShardException, InterruptedException {
    for (Shard other : others) {
      for (String url : other.urls()) {
        if (shows(url, name)) {
          return Optional.of(
              moving.primaryUrl()
                  + " and "
                  + url
                  + " of shard "
                  + Long.toUnsignedString(other.id())
                  + " are the same: a migration would delete the only copy of its points");
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> deaf(Shard moving, String replica, String name)
      throws ShardException, InterruptedException {
    long begun = time.nanos();
    while (!shows(replica, name)) {
      if (time.nanos() - begun > REPLICATION_TIMEOUT.toNanos()) {
        return Optional.of(
            replica
                + " does not show what is made on "
                + moving.primaryUrl()
                + ": it is not its replica, or has stopped to follow; restart it");
      }
      time.sleep(INTERVAL);
    }
    return Optional.empty();
  }

  private boolean shows(String url, String name) throws ShardException, InterruptedException {
    return shards.collections(url).stream().anyMatch(c -> c.name().equals(name));
  }
}
