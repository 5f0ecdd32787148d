// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import java.util.List;
import java.util.Optional;

/**
 * Another address that an operator wants for a shard.
 *
 * @param shardId of the shard; unsigned
 * @param primaryUrl where it is from here on
 * @param replicaUrls its replicas from here on; empty: those that it has
 * @param force leave out the checks of counts and of the old address
 */
public record ShardUrlRequest(
    long shardId, String primaryUrl, Optional<List<String>> replicaUrls, boolean force) {
  /** Copies the list. */
  public ShardUrlRequest {
    primaryUrl = primaryUrl.strip();
    replicaUrls = replicaUrls.map(all -> all.stream().map(String::strip).toList());
  }
}
