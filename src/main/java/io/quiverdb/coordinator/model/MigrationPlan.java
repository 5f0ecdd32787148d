// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;

/**
 * What is to be moved, fixed when the migration is started.
 *
 * @param kind which way
 * @param shardId of the shard that joins or leaves; unsigned
 * @param url that shard's primary
 * @param replicaUrls that shard's replicas
 * @param adoptionAssumed whether a fixed time replaces the confirmation of routers that are not
 *     registered
 * @param collectionsBefore names of the collections that a joining shard had before the migration:
 *     a revert leaves these on it
 * @param counted the points of each shard that holds the truth until the flip; empty: nobody
 *     counted
 */
public record MigrationPlan(
    MigrationKind kind,
    long shardId,
    String url,
    List<String> replicaUrls,
    boolean adoptionAssumed,
    List<String> collectionsBefore,
    List<CountedShard> counted) {
  /** The most collections that a joining shard may have had, empty ones, before the migration. */
  public static final int MAX_COLLECTIONS = 16_384;

  /** The most characters that their names may have together: all of them are in one entry. */
  public static final int MAX_TEXT = 600_000;

  /** The longest name of a collection in a plan, in characters. */
  public static final int MAX_NAME = 1024;

  public MigrationPlan {
    replicaUrls = List.copyOf(replicaUrls);
    collectionsBefore = List.copyOf(collectionsBefore);
    counted = List.copyOf(counted);
  }

  /** A plan without counted points. */
  public MigrationPlan(
      MigrationKind kind,
      long shardId,
      String url,
      List<String> replicaUrls,
      boolean adoptionAssumed,
      List<String> collectionsBefore) {
    this(kind, shardId, url, replicaUrls, adoptionAssumed, collectionsBefore, List.of());
  }

  /** Whether a shard joins; else one leaves. */
  public boolean grows() {
    return kind == MigrationKind.GROW;
  }

  /** Whether it is within the bounds. */
  public boolean fits() {
    return collectionsBefore.size() <= MAX_COLLECTIONS
        && counted.size() <= MAX_COLLECTIONS
        && collectionsBefore.stream().allMatch(name -> name.length() <= MAX_NAME)
        && collectionsBefore.stream().mapToLong(String::length).sum() <= MAX_TEXT;
  }

  /** How many points a shard had when the migration was planned; 0 if none were counted. */
  public long countedOn(long shard) {
    return counted.stream()
        .filter(one -> one.shardId() == shard)
        .mapToLong(CountedShard::points)
        .sum();
  }

  /**
   * That of a migration that has ended: nothing is reverted any more, and the last migrations are
   * kept.
   */
  MigrationPlan ended() {
    return new MigrationPlan(
        kind, shardId, url, replicaUrls, adoptionAssumed, List.of(), List.of());
  }

  /** This plan for that very shard. */
  public MigrationPlan forShard(Shard shard) {
    return new MigrationPlan(
        kind,
        shard.id(),
        shard.primaryUrl(),
        shard.replicaUrls(),
        adoptionAssumed,
        collectionsBefore,
        counted);
  }
}
