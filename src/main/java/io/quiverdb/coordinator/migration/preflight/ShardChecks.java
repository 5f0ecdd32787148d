// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.migration.schema.CollectionSchemas;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What must hold of all shards, the joining one included, before a migration. */
final class ShardChecks {
  private final ShardApi shards;
  private final MigrationSettings settings;

  ShardChecks(ShardApi shards, MigrationSettings settings) {
    this.shards = shards;
    this.settings = settings;
  }

  /** Whether each URL has the role that the map gives it; a delete of no ids has no effect. */
  void roles(Checklist list, List<Shard> all) throws InterruptedException {
    list.checkEach(
        "primaries_writable",
        "every primary takes writes",
        all.stream().map(Shard::primaryUrl).toList(),
        url ->
            switch (shards.role(url)) {
              case WRITABLE -> Optional.empty();
              case READ_ONLY ->
                  Optional.of(
                      url
                          + " refuses writes (403): it is a read replica, or shards.key is not an"
                          + " admin key of it");
              case RAFT_FOLLOWER -> raft(url);
            });
    list.checkEach(
        "replicas_read_only",
        "every replica refuses writes, as it should",
        all.stream().flatMap(shard -> shard.replicaUrls().stream()).toList(),
        url ->
            switch (shards.role(url)) {
              case READ_ONLY -> Optional.empty();
              case WRITABLE ->
                  Optional.of(
                      url + " takes writes: it is no replica; name it as a shard of its own");
              case RAFT_FOLLOWER -> raft(url);
            });
  }

  private static Optional<String> raft(String url) {
    return Optional.of(
        url
            + " is a member of a Raft group (421): points cannot be moved onto, off or beside such"
            + " a shard");
  }

  /** A collection of such a name is hidden from every comparison, and would not be moved. */
  void probeNames(Checklist list, List<Shard> all) throws InterruptedException {
    list.checkEach(
        "probe_names",
        "no collection with points has the name of a probe",
        all.stream().map(Shard::primaryUrl).toList(),
        url ->
            shards.collections(url).stream()
                .filter(one -> AliasProbe.isProbe(one.name()) && one.count() > 0)
                .findFirst()
                .map(
                    one ->
                        url
                            + " has "
                            + one.count()
                            + " points in "
                            + one.name()
                            + ": names that begin with "
                            + AliasProbe.PREFIX
                            + " are kept for the coordinator's probes, and no points of such a"
                            + " collection are moved; copy them to another name and drop it"));
  }

  /**
   * Whether the key sees everything: only for an unscoped admin key is the drop of a name that
   * nobody uses a success.
   */
  void keys(Checklist list, List<Shard> all, String unusedName) throws InterruptedException {
    list.checkEach(
        "shard_key",
        "shards.key is an unscoped admin key of every shard",
        all.stream().map(Shard::primaryUrl).toList(),
        url -> {
          try {
            var unused = shards.drop(url, unusedName);
            return Optional.empty();
          } catch (ShardException e) {
            return Optional.of(
                e.getMessage()
                    + " (a drop of a collection that does not exist): shards.key must be an admin"
                    + " key without a scope; a scoped one hides collections");
          }
        });
  }

  /**
   * Whether shards that hold points agree on their collections, and all of them can be moved.
   *
   * @param holding those that hold points
   * @param donors those that points move from
   */
  void collections(Checklist list, List<Shard> holding, List<Shard> donors)
      throws InterruptedException {
    list.check(
        "collections_agree", "all shards have the same collections", () -> disagreement(holding));
    list.check(
        "collections_movable",
        "every collection can be moved",
        () -> {
          List<String> obstacles = new ArrayList<>();
          for (ShardCollection collection : shards.collections(donors.get(0).primaryUrl())) {
            CollectionSchemas.obstacle(collection, settings.binary()).ifPresent(obstacles::add);
          }
          return obstacles.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", obstacles));
        });
  }

  private Optional<String> disagreement(List<Shard> holding)
      throws ShardException, InterruptedException {
    String first = holding.get(0).primaryUrl();
    Map<String, ShardCollection> wanted = AliasProbe.usersCollections(shards, first);
    for (Shard shard : holding.subList(1, holding.size())) {
      Map<String, ShardCollection> there = AliasProbe.usersCollections(shards, shard.primaryUrl());
      for (ShardCollection collection : wanted.values()) {
        Optional<ShardCollection> same = Optional.ofNullable(there.remove(collection.name()));
        if (same.isEmpty() || !same.get().sameSchema(collection)) {
          return Optional.of(differs(collection.name(), first, shard.primaryUrl()));
        }
      }
      for (String extra : there.keySet()) {
        return Optional.of(differs(extra, first, shard.primaryUrl()));
      }
    }
    return Optional.empty();
  }

  private static String differs(String collection, String one, String other) {
    return "collection "
        + collection
        + " is not the same on "
        + one
        + " and "
        + other
        + "; create or drop it until both have it alike";
  }

  /** Whether the joining shard is empty; empty collections like the donors' are welcome. */
  void empty(Checklist list, String url, List<Shard> donors) throws InterruptedException {
    list.check(
        "target_empty",
        url + " holds no point",
        () -> {
          Map<String, ShardCollection> wanted =
              AliasProbe.usersCollections(shards, donors.get(0).primaryUrl());
          for (ShardCollection collection : AliasProbe.usersCollections(shards, url).values()) {
            if (collection.count() > 0) {
              return Optional.of(
                  url
                      + " holds "
                      + collection.count()
                      + " points in "
                      + collection.name()
                      + "; a shard that joins must be empty: drop its collections");
            }
            Optional<ShardCollection> like = Optional.ofNullable(wanted.get(collection.name()));
            if (like.isEmpty() || !like.get().sameSchema(collection)) {
              return Optional.of(
                  url
                      + " has a collection "
                      + collection.name()
                      + " that the other shards do not have like this; drop it there");
            }
          }
          return Optional.empty();
        });
  }
}
