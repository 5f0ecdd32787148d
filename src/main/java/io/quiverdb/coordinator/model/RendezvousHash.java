// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Which shard a point belongs to: highest random weight over the shard ids (Thaler and Ravishankar,
 * "Using name-based mappings to increase hit rates", 1998), exactly as Quiver's routers compute it.
 *
 * <p>All arithmetic is unsigned 64-bit and wraps. Ties between distinct ids cannot occur: for a
 * given point the score is a bijection of the shard id.
 */
public final class RendezvousHash {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private RendezvousHash() {}

  /** FNV-1a, 64 bits, of the UTF-8 bytes of {@code text}. */
  public static long fnv1a64(String text) {
    long hash = FNV_OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** The weight of a shard for a point whose {@link #fnv1a64} is {@code pointHash}; unsigned. */
  public static long score(long pointHash, long shardId) {
    long x = pointHash + shardId * 0x9e3779b97f4a7c15L;
    x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
    x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
    return x ^ x >>> 31;
  }

  /**
   * The shard that owns a point: the winner among those that are not leaving.
   *
   * @return empty if every shard is leaving or there is none
   */
  public static OptionalLong owner(ShardMap map, String pointId) {
    return winner(map, fnv1a64(pointId), id -> !map.isLeaving(id));
  }

  /**
   * The shard that holds the authoritative copy of a point while it moves.
   *
   * @return the leaving shard that would own the point if it stayed; else, if the owner is joining,
   *     the winner among the shards that are neither joining nor leaving; else empty
   */
  public static OptionalLong donor(ShardMap map, String pointId) {
    long hash = fnv1a64(pointId);
    if (!map.leaving().isEmpty()) {
      OptionalLong winner = winner(map, hash, id -> true);
      if (winner.isPresent() && map.isLeaving(winner.getAsLong())) {
        return winner;
      }
    }
    OptionalLong owner = winner(map, hash, id -> !map.isLeaving(id));
    if (owner.isPresent() && map.isJoining(owner.getAsLong())) {
      return winner(map, hash, id -> !map.isLeaving(id) && !map.isJoining(id));
    }
    return OptionalLong.empty();
  }

  private static OptionalLong winner(ShardMap map, long hash, Predicate<Long> among) {
    boolean found = false;
    long best = 0;
    long bestScore = 0;
    for (Shard shard : map.shards()) {
      if (among.test(shard.id())) {
        long score = score(hash, shard.id());
        if (!found || Long.compareUnsigned(score, bestScore) > 0) {
          found = true;
          best = shard.id();
          bestScore = score;
        }
      }
    }
    return found ? OptionalLong.of(best) : OptionalLong.empty();
  }
}
