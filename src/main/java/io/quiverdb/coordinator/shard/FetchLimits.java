// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many rows each shard gives out in one page. A shard does not say so, but it refuses a page
 * that is too large even where no rows are left. Thread-safe.
 */
final class FetchLimits {
  /** An offset behind the end of every collection; rows times bytes must not overflow there. */
  static final long PAST_THE_END = 1L << 40;

  /** What every shard ships with; it is asked for as it is likely, not relied on. */
  private static final int DEFAULT_ROWS = 10_000;

  private static final int LARGEST = 1_000_000;

  /** Asks a shard whether it takes such a page. */
  interface Trial {
    boolean allows(String url, String collection, int rows)
        throws ShardException, InterruptedException;
  }

  private final Trial trial;
  private final Map<String, Integer> known = new ConcurrentHashMap<>();

  FetchLimits(Trial trial) {
    this.trial = trial;
  }

  /** The largest page up to a million rows; the shard is asked if it is not known. */
  int of(String url, String collection) throws ShardException, InterruptedException {
    Integer remembered = known.get(url);
    if (remembered != null) {
      return remembered;
    }
    int found = search(url, collection);
    known.put(url, found);
    return found;
  }

  /** Its limit may have changed. */
  void forget(String url) {
    known.remove(url);
  }

  /** Each page that is taken costs the shard time, a refused one nothing: so from the top down. */
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
