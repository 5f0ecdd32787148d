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
 * Finds out whether a shard that shall join or leave is another process than every other shard of
 * the map, by whatever names they go, and whether replicas follow it: a collection made on it must
 * show on those and nowhere else.
 */
public final class AliasProbe {
  /** Begins the names of probe collections; no user's collection should. */
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
   * What is wrong; empty: it stands alone, and its replicas follow. Leaves nothing behind.
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
        // Another start has taken it for a leftover: then that it shows nowhere proves nothing.
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

  /** Of a leader that died meanwhile. */
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
                  + " are the same: a move would delete the only copy of its points");
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
