package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.MovePlan;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which points a move is about, and between which shards each of them moves.
 *
 * <p>An id moves if and only if the shard that joins or leaves wins it among all shards of the map
 * during the move; its partner is the winner among the others. A grow moves it from the partner, a
 * drain to the partner. This is what {@link RendezvousHash#donor} and {@link RendezvousHash#owner}
 * say under that map, whatever became of the map since. Immutable and thread-safe.
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
   * The slice of a move.
   *
   * @param map of any moment of the move: with the shard that joins or leaves, or without it
   */
  public static PointSlice of(MovePlan plan, ShardMap map) {
    return new PointSlice(
        plan.grows(),
        new Shard(plan.shardId(), plan.url(), plan.replicaUrls()),
        map.shards().stream().filter(shard -> shard.id() != plan.shardId()).toList());
  }

  /** The slice of the move that a step is about. */
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

  /** The shards that hold the truth until the flip. */
  public List<Shard> donors() {
    return grows ? otherShards : List.of(moving);
  }

  /** The shards that get the copies, and hold the truth from the flip on. */
  public List<Shard> targets() {
    return grows ? List.of(moving) : otherShards;
  }

  /** All shards of the move: {@link #donors} and {@link #targets}. */
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

  /** Who holds the truth about a moving point from the flip on; null if it does not move. */
  public @Nullable Shard owner(String id) {
    Shard counterpart = counterpart(id);
    return counterpart == null ? null : grows ? moving : counterpart;
  }

  /**
   * Whether the copies of a point on {@link #targets} can be judged by what the moving shard and
   * {@code listed} hold. A serving shard's own points are not judged at all.
   *
   * @param listed some of the partners
   * @param counterpart of the point
   */
  public boolean isJudgedBy(List<Shard> listed, @Nullable Shard counterpart) {
    return grows ? counterpart == null || listed.contains(counterpart) : counterpart != null;
  }

  /** The points that move between a partner and {@link #moving}. */
  public Predicate<String> between(Shard counterpart) {
    return id -> {
      Shard other = counterpart(id);
      return other != null && other.id() == counterpart.id();
    };
  }

  /**
   * What is met of a shard's listing to judge copies by: without the points of a donor that stay
   * there.
   *
   * @param shard {@link #moving}, or one of {@code listed}
   * @param listed some of the partners
   */
  public Predicate<String> judgedOn(Shard shard, List<Shard> listed) {
    return grows && shard.id() != moving.id()
        ? between(shard)
        : id -> isJudgedBy(listed, counterpart(id));
  }

  /**
   * Who holds the truth, until the flip, about the copy of a point on a target; null if that copy
   * has no place there.
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
   * The part of a move between the moving shard and a partner, with nothing done yet.
   *
   * @param held how many points of the collection the one that holds the truth has: a share of them
   *     is expected to move
   */
  public MovePart part(String collection, Shard counterpart, long held) {
    long share = held / (grows ? otherShards.size() + 1 : otherShards.size());
    Shard from = grows ? counterpart : moving;
    Shard to = grows ? moving : counterpart;
    return new MovePart(collection, from.id(), to.id(), share, 0, 0, "", false);
  }
}
