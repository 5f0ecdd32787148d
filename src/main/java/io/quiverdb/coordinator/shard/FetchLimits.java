// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The page limits of shards, in rows. A shard does not report its limit, but it refuses a page that
 * is too large even if no rows are left. Thread-safe.
 */
final class FetchLimits {
  /**
   * An offset after the end of every collection; small enough that the shard's arithmetic does not
   * overflow.
   */
  static final long PAST_THE_END = 1L << 40;

  /** The default limit of a shard; tried first, not relied on. */
  private static final int DEFAULT_ROWS = 10_000;

  private static final int LARGEST = 1_000_000;

  /** Asks a shard whether it accepts a page size. */
  interface Trial {
    boolean allows(String url, String collection, int rows)
        throws ShardException, InterruptedException;
  }

  private final Trial trial;
  private final Map<String, Integer> known = new ConcurrentHashMap<>();

  FetchLimits(Trial trial) {
    this.trial = trial;
  }

  /** The largest page, up to a million rows; asks the shard if it is not known. */
  int of(String url, String collection) throws ShardException, InterruptedException {
    Integer remembered = known.get(url);
    if (remembered != null) {
      return remembered;
    }
    int found = search(url, collection);
    known.put(url, found);
    return found;
  }

  /** Forgets the limit of a shard, because it may have changed. */
  void forget(String url) {
    known.remove(url);
  }

  /** Searches from the top down: an accepted page costs the shard time, a refused one does not. */
  private int search(String url, String collection) throws ShardException, InterruptedException {
    if (trial.allows(url, collection, LARGEST)) {
      return LARGEST;
    }
    int taken = 0;
    int refused = LARGEST;
    int next = DEFAULT_ROWS;
    while (refused - taken > 1) {
      if (trial.allows(url, collection, next)) {
        taken = next;
      } else {
        refused = next;
      }
      next =
          taken == DEFAULT_ROWS && refused == LARGEST
              ? DEFAULT_ROWS + 1
              : taken + (refused - taken) / 2;
    }
    return taken;
  }
}
