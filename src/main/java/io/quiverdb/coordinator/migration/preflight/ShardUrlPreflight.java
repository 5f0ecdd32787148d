// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardSighting;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The checks before a shard is given another address. They read only, a dry run makes them all.
 * Thread-safe.
 */
public final class ShardUrlPreflight {
  private final ShardApi shards;
  private final Tasks tasks;
  private final RouterChecks routerChecks;
  private final LongFunction<Optional<ShardSighting>> seen;
  private final OldAddress oldAddress;

  /** Looks at an address that is given up. */
  @FunctionalInterface
  public interface OldAddress {
    /** Why routers may still reach something there; empty: it refuses connections. */
    Optional<String> problem(String url) throws InterruptedException;
  }

  /**
   * Uses these ports.
   *
   * @param seen what a shard listed when it was asked last
   */
  public ShardUrlPreflight(
      ShardApi shards,
      RouterApi routers,
      Tasks tasks,
      LongFunction<Optional<ShardSighting>> seen,
      OldAddress oldAddress) {
    this.shards = shards;
    this.tasks = tasks;
    this.routerChecks = new RouterChecks(routers, true);
    this.seen = seen;
    this.oldAddress = oldAddress;
  }

  /**
   * Makes every check.
   *
   * @param state the newest one of the leader
   * @return in the order in which they were made
   */
  public List<Check> examine(ClusterState state, ShardUrlRequest request)
      throws InterruptedException {
    Checklist list = new Checklist(tasks);
    list.check("no_migration", "no migration is active", () -> Preflight.active(state));
    MapChange trial =
        state.map().setUrl(request.shardId(), request.primaryUrl(), request.replicaUrls());
    list.check(
        "url",
        "the URL is in no other shard",
        () -> trial instanceof Refused refused ? Optional.of(refused.detail()) : Optional.empty());
    routerChecks.confirm(list, state);
    if (trial instanceof Changed) {
      Shard before = state.map().shard(request.shardId()).orElseThrow();
      writable(list, request.primaryUrl());
      replicas(list, request.replicaUrls().orElse(List.of()));
      new ShardDataChecks(shards, state.map(), before, request.primaryUrl())
          .make(list, seen.apply(before.id()), request.force());
      old(list, before.primaryUrl(), request.force());
    }
    return list.all();
  }

  private void writable(Checklist list, String url) throws InterruptedException {
    list.check(
        "new_url_writable",
        url + " takes writes",
        () ->
            switch (shards.role(url)) {
              case WRITABLE -> Optional.empty();
              case READ_ONLY ->
                  Optional.of(
                      url
                          + " refuses writes (403): it is a read replica that is not promoted, or"
                          + " shards.key is not an admin key of it");
              case RAFT_FOLLOWER ->
                  Optional.of(
                      url + " refuses writes (421): it is not the leader of its Raft group");
            });
  }

  /** Those that the shard keeps are not asked: one that is down now would be in the way. */
  private void replicas(Checklist list, List<String> named) throws InterruptedException {
    list.checkEach(
        "replicas_read_only",
        "every replica that is named refuses writes, as it should",
        named,
        url ->
            shards.role(url) == ShardApi.Role.WRITABLE
                ? Optional.of(
                    url
                        + " takes writes: it is no replica, and routers would search there what"
                        + " the shard may not have; leave it out of replica_urls")
                : Optional.empty());
  }

  private void old(Checklist list, String url, boolean force) throws InterruptedException {
    if (force) {
      list.notRun("old_url_refuses", ShardDataChecks.FORCED);
      return;
    }
    list.check("old_url_refuses", url + " refuses connections", () -> oldAddress.problem(url));
  }
}
