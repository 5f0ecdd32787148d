// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;

/**
 * An upper bound of the size of a map as JSON, in bytes. Every number counts with its longest form,
 * and every shard as if it were joining and leaving too. So promoting, draining and a higher
 * version never increase the bound. URLs are ASCII without characters that JSON escapes.
 */
final class MapSize {
  /** {@code {"version":,"shards":[],"joining":[],"leaving":[]}} with a version of 20 digits. */
  private static final int FRAME = 70;

  /** {@code {"id":,"primary_url":,"replica_urls":[]},} with an id, and twice the id as a flag. */
  private static final int SHARD = 103;

  /** Two quotes and a comma. */
  private static final int TEXT = 3;

  /** What is wrong with a map that does not fit. */
  static final String OVER =
      "more than 2 MiB of JSON, which is the limit; use shorter URLs, or fewer shards or replicas";

  private MapSize() {}

  static long of(List<Shard> shards) {
    long bytes = FRAME;
    for (Shard shard : shards) {
      bytes += SHARD + TEXT + shard.primaryUrl().length();
      for (String url : shard.replicaUrls()) {
        bytes += TEXT + url.length();
      }
    }
    return bytes;
  }

  static boolean fits(List<Shard> shards) {
    return of(shards) <= ShardMap.MAX_BYTES;
  }
}
