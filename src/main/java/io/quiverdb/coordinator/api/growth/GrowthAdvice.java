// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.growth;

import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthObstacle;
import io.quiverdb.coordinator.model.GrowthObstacle.Kind;
import io.quiverdb.coordinator.model.GrowthObstacles;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Whether a shard should be added, and what speaks against it now. A pure function of what the
 * leader sees.
 *
 * @param verdict in one word
 * @param highWaterPoints of the policy
 * @param shards the active ones, in the order of the map
 * @param obstacles all that speaks against it
 * @param looks how many looks in a row have seen it with nothing against it that may pass
 */
public record GrowthAdvice(
    Verdict verdict,
    long highWaterPoints,
    List<SeenShard> shards,
    List<GrowthObstacle> obstacles,
    int looks) {
  /** One look may see points that a client deletes a moment later. */
  static final int LOOKS = 3;

  /** Older numbers say nothing about now. */
  static final Duration MAX_AGE = Duration.ofSeconds(10);

  /** What is advised. */
  public enum Verdict {
    /** Nothing: there is no policy, or it is off. */
    OFF,
    /** Nothing: a shard did not say how many points it has. */
    UNKNOWN,
    /** Nothing: no shard has too many points. */
    ENOUGH,
    /** A shard should be added, but not now. */
    WAIT,
    /** A shard should be added. */
    GROW;

    /** The stable name in answers. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An active shard.
   *
   * @param points empty: it did not say
   * @param over whether that is more than the policy allows
   */
  public record SeenShard(long id, OptionalLong points, boolean over) {}

  /** Copies the lists. */
  public GrowthAdvice {
    shards = List.copyOf(shards);
    obstacles = List.copyOf(obstacles);
  }

  /**
   * The advice.
   *
   * @param age of the numbers
   * @param countedMillis the counted time of now
   * @param permitted what the configuration of the leader allows
   * @param looks how many looks in a row have seen it, this one included
   */
  static GrowthAdvice of(
      ClusterState state,
      Surroundings seen,
      Duration age,
      long countedMillis,
      GrowthMode permitted,
      int looks) {
    GrowthMode mode = state.growth().policy().map(GrowthPolicy::mode).orElse(GrowthMode.OFF);
    long mark = state.growth().policy().map(GrowthPolicy::highWaterPoints).orElse(Long.MAX_VALUE);
    List<SeenShard> shards =
        state.map().shards().stream()
            .filter(shard -> isActive(state.map(), shard))
            .map(shard -> seen(shard, seen, mark))
            .toList();
    boolean over = shards.stream().anyMatch(SeenShard::over);
    List<GrowthObstacle> found = outside(shards, seen, age);
    if (permitted != GrowthMode.AUTOMATIC) {
      found.add(
          new GrowthObstacle(
              Kind.PERMISSION,
              "autoscale.mode is " + permitted.wireName() + " in the configuration of the leader"));
    }
    found.addAll(GrowthObstacles.of(state, countedMillis));
    if (over && looks < LOOKS) {
      found.add(
          new GrowthObstacle(Kind.LOOKS, looks + " of " + LOOKS + " looks in a row have seen it"));
    }
    boolean off = mode == GrowthMode.OFF || permitted == GrowthMode.OFF;
    return new GrowthAdvice(off ? Verdict.OFF : verdict(over, found), mark, shards, found, looks);
  }

  private static boolean isActive(ShardMap map, Shard shard) {
    return !map.isJoining(shard.id()) && !map.isLeaving(shard.id());
  }

  private static SeenShard seen(Shard shard, Surroundings seen, long mark) {
    Long points = seen.points().get(shard.id());
    return points == null
        ? new SeenShard(shard.id(), OptionalLong.empty(), false)
        : new SeenShard(shard.id(), OptionalLong.of(points), points > mark);
  }

  private static List<GrowthObstacle> outside(
      List<SeenShard> shards, Surroundings seen, Duration age) {
    List<GrowthObstacle> found = new ArrayList<>();
    for (SeenShard shard : shards) {
      if (shard.points().isEmpty()) {
        found.add(
            new GrowthObstacle(
                Kind.UNKNOWN_POINTS,
                "shard " + Unsigned.text(shard.id()) + " did not say how many points it has"));
      }
    }
    if (age.compareTo(MAX_AGE) > 0) {
      found.add(
          new GrowthObstacle(Kind.OLD_POINTS, "the numbers are " + age.toSeconds() + " s old"));
    }
    seen.alarms().forEach(alarm -> found.add(new GrowthObstacle(Kind.ALARM, alarm)));
    seen.routersBehind()
        .forEach(
            url ->
                found.add(
                    new GrowthObstacle(
                        Kind.ROUTER, "router " + url + " does not follow the newest map")));
    return found;
  }

  private static Verdict verdict(boolean over, List<GrowthObstacle> found) {
    if (has(found, Kind.UNKNOWN_POINTS) || has(found, Kind.OLD_POINTS)) {
      return Verdict.UNKNOWN;
    }
    if (!over) {
      return Verdict.ENOUGH;
    }
    return found.stream().allMatch(one -> one.kind().isLasting()) ? Verdict.GROW : Verdict.WAIT;
  }

  private static boolean has(List<GrowthObstacle> found, Kind kind) {
    return found.stream().anyMatch(one -> one.kind() == kind);
  }

  /** Whether this look counts: nothing may pass by itself but the number of looks. */
  boolean counts() {
    return shards.stream().anyMatch(SeenShard::over)
        && obstacles.stream().allMatch(one -> one.kind().isLasting() || one.kind() == Kind.LOOKS);
  }

  /** Whether the leader adds the next standby now. */
  boolean begins() {
    return verdict == Verdict.GROW && obstacles.isEmpty();
  }

  /** The active shard with the most points. */
  SeenShard fullest() {
    return shards.stream()
        .reduce((a, b) -> b.points().orElse(0) > a.points().orElse(0) ? b : a)
        .orElseThrow();
  }

  /** The verdict in a sentence that changes only with the set of shards. */
  public String summary() {
    List<SeenShard> over = shards.stream().filter(SeenShard::over).toList();
    String full =
        (over.size() == 1 ? "shard " : "shards ")
            + over.stream().map(one -> Unsigned.text(one.id())).collect(Collectors.joining(", "))
            + (over.size() == 1 ? " has" : " have")
            + " more than "
            + highWaterPoints
            + " points";
    return switch (verdict) {
      case OFF -> "nobody looks at the points of the shards";
      case UNKNOWN -> "it is not known how many points the shards have";
      case ENOUGH -> "no shard has more than " + highWaterPoints + " points";
      case WAIT -> full + ", but it is no moment to add one";
      case GROW -> full + ": add a shard";
    };
  }
}
