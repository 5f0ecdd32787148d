// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;

/**
 * What a check found in one collection on one shard.
 *
 * @param collection its name
 * @param shardId the shard; unsigned
 * @param points how many points it holds
 * @param owned how many of them the map gives to it
 * @param strays the others
 * @param samples ids of some of these
 */
public record CheckedShard(
    String collection,
    long shardId,
    long points,
    long owned,
    StrayCounts strays,
    List<String> samples) {
  /** The most samples. */
  public static final int MAX_SAMPLES = 5;

  /** The longest sample, in characters. */
  public static final int MAX_SAMPLE = 100;

  /** Cuts what is too much: a report is kept in the replicated state. */
  public CheckedShard {
    samples =
        samples.stream()
            .limit(MAX_SAMPLES)
            .map(id -> id.length() <= MAX_SAMPLE ? id : id.substring(0, MAX_SAMPLE) + "...")
            .toList();
  }

  /** The length of its texts, in characters. */
  long text() {
    long length = collection.length();
    for (String sample : samples) {
      length += sample.length();
    }
    return length;
  }

  /** Whether it holds points of other shards. */
  public boolean hasStrays() {
    return strays.total() > 0;
  }
}
