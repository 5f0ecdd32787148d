// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The growth policy and what became of it. Since format 2.
 *
 * @param version counts every change of the policy and of its pool, from 1; 0: there never was one
 * @param policy with the standbys that are left; empty: there never was one
 * @param sinceMigration the id of the migration that was active when an operator put the policy, or
 *     else the id that the next one had: how earlier ones ended does not count
 * @param endedMillis the counted time at which the last migration ended that was begun by the
 *     policy
 */
public record Growth(
    long version, Optional<GrowthPolicy> policy, long sinceMigration, OptionalLong endedMillis) {
  /** The first format in which there is one. */
  public static final int SINCE_FORMAT = 2;

  /** None yet. */
  public static final Growth EMPTY = new Growth(0, Optional.empty(), 1, OptionalLong.empty());

  /** The standby to add next. */
  public Optional<Standby> next() {
    return policy.stream()
        .flatMap(known -> known.standby().stream())
        .filter(standby -> standby.failure().isEmpty())
        .findFirst();
  }

  /** The counted time at which the next standby may be added; empty: at any time. */
  public OptionalLong cooldownEndMillis() {
    return policy.isPresent() && endedMillis.isPresent()
        ? OptionalLong.of(endedMillis.getAsLong() + policy.get().cooldownMillis())
        : OptionalLong.empty();
  }

  /** With the policy that an operator puts. */
  public Growth put(GrowthPolicy newPolicy, long firstMigration) {
    return new Growth(version + 1, Optional.of(newPolicy.anew()), firstMigration, endedMillis);
  }

  /** Without a standby that is being added. */
  public Growth without(String url) {
    return withPool(others(url));
  }

  /** Without the standbys of which the map has a URL: those are in use. */
  public Growth withoutThoseIn(ShardMap map) {
    if (policy.isEmpty() || policy.get().standby().isEmpty()) {
      return this;
    }
    Set<String> taken =
        map.shards().stream()
            .flatMap(shard -> identities(shard.urls()))
            .collect(Collectors.toCollection(TreeSet::new));
    List<Standby> left =
        policy.get().standby().stream()
            .filter(standby -> identities(standby.urls()).noneMatch(taken::contains))
            .toList();
    return left.size() == policy.get().standby().size() ? this : withPool(left);
  }

  private static Stream<String> identities(List<String> urls) {
    return urls.stream().flatMap(url -> HttpUrl.parse(url).stream()).map(HttpUrl::identity);
  }

  /**
   * With a standby behind all others that is not tried again. If the pool is full, one that failed
   * before makes room, or this one itself: none that may still be added.
   */
  public Growth failed(Standby standby, String reason) {
    List<Standby> pool = new ArrayList<>(others(standby.url()));
    pool.add(standby.failed(reason));
    if (pool.size() > GrowthPolicy.MAX_STANDBY) {
      pool.stream().filter(each -> each.failure().isPresent()).findFirst().ifPresent(pool::remove);
    }
    return withPool(pool);
  }

  /** Waiting from this counted time on. */
  public Growth ended(long countedMillis) {
    return new Growth(version, policy, sinceMigration, OptionalLong.of(countedMillis));
  }

  private List<Standby> others(String url) {
    return policy.stream()
        .flatMap(known -> known.standby().stream())
        .filter(standby -> !standby.url().equals(url))
        .toList();
  }

  private Growth withPool(List<Standby> pool) {
    return new Growth(
        version + 1, policy.map(known -> known.with(pool)), sinceMigration, endedMillis);
  }
}
