// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.time.Instant;
import java.util.List;

/**
 * What a shard listed when it was asked last.
 *
 * @param url of the primary that was asked
 * @param at when
 * @param collections all that the key can see
 */
public record ShardSighting(String url, Instant at, List<ShardCollection> collections) {
  /** Copies the list. */
  public ShardSighting {
    collections = List.copyOf(collections);
  }
}
