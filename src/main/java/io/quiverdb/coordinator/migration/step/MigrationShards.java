// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;

/**
 * The shards of a migration by their role, without those that the operator has skipped. Immutable
 * and thread-safe.
 */
public final class MigrationShards {
  private final PointSlice slice;
  private final List<Shard> otherShards;
  private final List<Long> skipped;

  private MigrationShards(PointSlice slice, List<Shard> otherShards, List<Long> skipped) {
    this.slice = slice;
    this.otherShards = otherShards;
    this.skipped = skipped;
  }

  /**
   * The shards of a migration.
   *
   * @param map the map at any time of the migration
   */
  public static MigrationShards of(Migration migration, ShardMap map) {
    PointSlice slice = PointSlice.of(migration.plan(), map);
    return new MigrationShards(
        slice,
        slice.otherShards().stream()
            .filter(shard -> !migration.skipped().contains(shard.id()))
            .toList(),
        migration.skipped());
  }

  /** The shards of the migration of a step. */
  public static MigrationShards of(MigrationContext context) {
    return of(context.migration(), context.control().map());
  }

  /** The shards that points move from. */
  public List<Shard> donors() {
    return slice.grows() ? otherShards : List.of(slice.moving());
  }

  /** The donors without skipped ones. */
  public List<Shard> donorsLeft() {
    return donors().stream().filter(shard -> !skipped.contains(shard.id())).toList();
  }

  /** The shards that points move to. */
  public List<Shard> targets() {
    return slice.grows() ? List.of(slice.moving()) : otherShards;
  }

  /** Whether a point moves from one shard to another. */
  public boolean moves(String id, Shard donor, Shard target) {
    Shard counterpart = slice.counterpart(id);
    return counterpart != null && counterpart.id() == (slice.grows() ? donor : target).id();
  }

  /** The URLs of primaries and replicas. */
  public static List<String> urls(List<Shard> shards) {
    return shards.stream().flatMap(shard -> shard.urls().stream()).toList();
  }
}
