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
  private final boolean growing;
  private final Shard moving;
  private final List<Shard> partners;
  private final long[] partnerIds;

  private PointSlice(boolean growing, Shard moving, List<Shard> partners) {
    this.growing = growing;
    this.moving = moving;
    this.partners = partners;
    this.partnerIds = partners.stream().mapToLong(Shard::id).toArray();
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
  public List<Shard> partners() {
    return partners;
  }

  /** Whether points move onto {@link #moving}; else they move off it. */
  public boolean growing() {
    return growing;
  }

  /** The shards that hold the truth until the flip. */
  public List<Shard> authorities() {
    return growing ? partners : List.of(moving);
  }

  /** The shards that get the copies, and hold the truth from the flip on. */
  public List<Shard> targets() {
    return growing ? List.of(moving) : partners;
  }

  /** All shards of the move: {@link #authorities} and {@link #targets}. */
  public List<Shard> shards() {
    return Stream.concat(authorities().stream(), targets().stream()).toList();
  }

  /** The shard that the point moves from, or to; null if it stays where it is. */
  public @Nullable Shard partner(String id) {
    long hash = RendezvousHash.fnv1a64(id);
    long movingScore = RendezvousHash.score(hash, moving.id());
    int best = -1;
    long bestScore = 0;
    for (int i = 0; i < partnerIds.length; i++) {
      long score = RendezvousHash.score(hash, partnerIds[i]);
      if (Long.compareUnsigned(score, movingScore) > 0) {
        return null;
      }
      if (best < 0 || Long.compareUnsigned(score, bestScore) > 0) {
        best = i;
        bestScore = score;
      }
    }
    return best < 0 ? null : partners.get(best);
  }

  /** Whether the point moves. */
  public boolean moves(String id) {
    return partner(id) != null;
  }

  /** Who holds the truth about a moving point from the flip on; null if it does not move. */
  public @Nullable Shard owner(String id) {
    Shard partner = partner(id);
    return partner == null ? null : growing ? moving : partner;
  }

  /**
   * Whether the copies of a point on {@link #targets} can be judged by what the moving shard and
   * {@code listed} hold. A serving shard's own points are not judged at all.
   *
   * @param listed some of the partners
   * @param partner of the point
   */
  public boolean isJudgedBy(List<Shard> listed, @Nullable Shard partner) {
    return growing ? partner == null || listed.contains(partner) : partner != null;
  }

  /** The points that move between a partner and {@link #moving}. */
  public Predicate<String> between(Shard partner) {
    return id -> {
      Shard other = partner(id);
      return other != null && other.id() == partner.id();
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
    return growing && shard.id() != moving.id()
        ? between(shard)
        : id -> isJudgedBy(listed, partner(id));
  }

  /**
   * Who holds the truth, until the flip, about the copy of a point on a target; null if that copy
   * has no place there.
   *
   * @param target one of {@link #targets}
   * @param partner of the point
   */
  public @Nullable Shard authority(Shard target, @Nullable Shard partner) {
    if (growing) {
      return partner;
    }
    return partner != null && partner.id() == target.id() ? moving : null;
  }

  /**
   * The part of a move between the moving shard and a partner, with nothing done yet.
   *
   * @param held how many points of the collection the one that holds the truth has: a share of them
   *     is expected to move
   */
  public MovePart part(String collection, Shard partner, long held) {
    long share = held / (growing ? partners.size() + 1 : partners.size());
    Shard from = growing ? partner : moving;
    Shard to = growing ? moving : partner;
    return new MovePart(collection, from.id(), to.id(), share, 0, 0, "", false);
  }
}
