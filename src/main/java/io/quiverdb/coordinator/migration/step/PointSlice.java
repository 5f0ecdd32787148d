// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which points a migration moves, and between which shards.
 *
 * <p>An id moves if and only if the shard that joins or leaves wins it among all shards of the map
 * during the migration. Its counterpart is the winner among the other shards. A grow moves the
 * point from the counterpart, a drain to the counterpart. This is what {@link RendezvousHash#donor}
 * and {@link RendezvousHash#owner} say under that map, whatever became of the map since. Immutable
 * and thread-safe.
 */
public final class PointSlice {
  private final boolean grows;
  private final Shard moving;
  private final List<Shard> otherShards;
  private final long[] otherIds;

  private PointSlice(boolean grows, Shard moving, List<Shard> otherShards) {
    this.grows = grows;
    this.moving = moving;
    this.otherShards = otherShards;
    this.otherIds = otherShards.stream().mapToLong(Shard::id).toArray();
  }

  /**
   * The points of a migration.
   *
   * @param map the map at any time of the migration: with the shard that joins or leaves, or
   *     without it
   */
  public static PointSlice of(MigrationPlan plan, ShardMap map) {
    return new PointSlice(
        plan.grows(),
        new Shard(plan.shardId(), plan.url(), plan.replicaUrls()),
        map.shards().stream().filter(shard -> shard.id() != plan.shardId()).toList());
  }

  /** The points of the migration of a step. */
  public static PointSlice of(MigrationContext context) {
    return of(context.plan(), context.control().map());
  }

  /** The shard that joins or leaves. */
  public Shard moving() {
    return moving;
  }

  /** All other shards. */
  public List<Shard> otherShards() {
    return otherShards;
  }

  /** Whether points move onto {@link #moving}; else they move off it. */
  public boolean grows() {
    return grows;
  }

  /** The shards that own the points until the flip. */
  public List<Shard> donors() {
    return grows ? otherShards : List.of(moving);
  }

  /** The shards that get the copies, and own the points from the flip on. */
  public List<Shard> targets() {
    return grows ? List.of(moving) : otherShards;
  }

  /** All shards of the migration: {@link #donors} and {@link #targets}. */
  public List<Shard> shards() {
    return Stream.concat(donors().stream(), targets().stream()).toList();
  }

  /** The shard that the point moves from, or to; null if it stays where it is. */
  public @Nullable Shard counterpart(String id) {
    long hash = RendezvousHash.fnv1a64(id);
    long movingScore = RendezvousHash.score(hash, moving.id());
    int best = -1;
    long bestScore = 0;
    for (int i = 0; i < otherIds.length; i++) {
      long score = RendezvousHash.score(hash, otherIds[i]);
      if (Long.compareUnsigned(score, movingScore) > 0) {
        return null;
      }
      if (best < 0 || Long.compareUnsigned(score, bestScore) > 0) {
        best = i;
        bestScore = score;
      }
    }
    return best < 0 ? null : otherShards.get(best);
  }

  /** Whether the point moves. */
  public boolean moves(String id) {
    return counterpart(id) != null;
  }

  /** The shard that owns a moving point from the flip on; null if it does not move. */
  public @Nullable Shard owner(String id) {
    Shard counterpart = counterpart(id);
    return counterpart == null ? null : grows ? moving : counterpart;
  }

  /**
   * Whether the listings of the moving shard and of {@code listed} suffice to compare the copies of
   * a point on {@link #targets}. A serving shard's own points are not compared.
   *
   * @param listed some of the other shards
   * @param counterpart of the point
   */
  public boolean isJudgedBy(List<Shard> listed, @Nullable Shard counterpart) {
    return grows ? counterpart == null || listed.contains(counterpart) : counterpart != null;
  }

  /** The points that move between {@link #moving} and another shard. */
  public Predicate<String> between(Shard counterpart) {
    return id -> {
      Shard other = counterpart(id);
      return other != null && other.id() == counterpart.id();
    };
  }

  /**
   * The points of a shard's listing that are needed to compare copies: a donor's points that stay
   * there are left out.
   *
   * @param shard {@link #moving}, or one of {@code listed}
   * @param listed some of the other shards
   */
  public Predicate<String> judgedOn(Shard shard, List<Shard> listed) {
    return grows && shard.id() != moving.id()
        ? between(shard)
        : id -> isJudgedBy(listed, counterpart(id));
  }

  /**
   * The shard that owns, until the flip, the point of a copy on a target; null if the copy must not
   * exist there.
   *
   * @param target one of {@link #targets}
   * @param counterpart of the point
   */
  public @Nullable Shard donor(Shard target, @Nullable Shard counterpart) {
    if (grows) {
      return counterpart;
    }
    return counterpart != null && counterpart.id() == target.id() ? moving : null;
  }

  /**
   * The part of a migration between the moving shard and another one, with nothing done yet.
   *
   * @param held how many points of the collection the donor has: a share of them is expected to
   *     move
   */
  public MigrationPart part(String collection, Shard counterpart, long held) {
    long share = held / (grows ? otherShards.size() + 1 : otherShards.size());
    Shard from = grows ? counterpart : moving;
    Shard to = grows ? moving : counterpart;
    return new MigrationPart(collection, from.id(), to.id(), share, 0, 0, "", false);
  }
}
