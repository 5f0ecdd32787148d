// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * How many points a shard holds that the map gives to another shard, by what their owner has.
 *
 * @param same the owner has an equal copy
 * @param differing the owner has another content
 * @param onlyCopy the owner lacks the point
 */
public record StrayCounts(long same, long differing, long onlyCopy) {
  /** None. */
  public static final StrayCounts NONE = new StrayCounts(0, 0, 0);

  /** All of them. */
  public long total() {
    return same + differing + onlyCopy;
  }

  /** The sums. */
  public StrayCounts plus(StrayCounts other) {
    return new StrayCounts(
        same + other.same, differing + other.differing, onlyCopy + other.onlyCopy);
  }
}
