package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a shard that shall join is another process than every shard of the map, by
 * whatever names they go, and whether its replicas follow it: a collection made on it must show on
 * its replicas and nowhere else.
 */
final class AliasProbe {
  /** Begins the names of probe collections; no user's collection should. */
  static final String PREFIX = "quiver_coordinator_probe_";

  private static final Duration FOLLOWS = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final ShardApi shards;
  private final Time time;

  AliasProbe(ShardApi shards, Time time) {
    this.shards = shards;
    this.time = time;
  }

  /** A name that no collection has. */
  String freshName(String purpose) {
    return PREFIX + purpose + "_" + Long.toHexString(time.epochMillis());
  }

  /** What is wrong; empty: it stands alone, and its replicas follow. Leaves nothing behind. */
  Optional<String> problem(Shard joining, List<Shard> others)
      throws ShardException, InterruptedException {
    for (ShardCollection leftover : shards.collections(joining.primaryUrl())) {
      if (leftover.name().startsWith(PREFIX)) {
        var unused = shards.drop(joining.primaryUrl(), leftover.name());
      }
    }
    String name = freshName("alias");
    shards.create(joining.primaryUrl(), plain(name), Optional.empty());
    Optional<String> problem;
    try {
      problem = alias(joining, others, name);
      for (String replica : joining.replicaUrls()) {
        problem = problem.isPresent() ? problem : deaf(joining, replica, name);
      }
    } finally {
      var unused = shards.drop(joining.primaryUrl(), name);
    }
    return problem;
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

  private Optional<String> alias(Shard joining, List<Shard> others, String name)
      throws ShardException, InterruptedException {
    for (Shard other : others) {
      for (String url : other.urls()) {
        if (shows(url, name)) {
          return Optional.of(
              joining.primaryUrl()
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

  private Optional<String> deaf(Shard joining, String replica, String name)
      throws ShardException, InterruptedException {
    long begun = time.nanos();
    while (!shows(replica, name)) {
      if (time.nanos() - begun > FOLLOWS.toNanos()) {
        return Optional.of(
            replica
                + " does not show what is made on "
                + joining.primaryUrl()
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
