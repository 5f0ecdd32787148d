// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;

/**
 * One shard of the map: where its primary and its replicas listen.
 *
 * @param id unsigned 64-bit, unique in the map, never reused
 * @param primaryUrl as the operator wrote it, trimmed
 * @param replicaUrls in the order in which they were added; may be empty
 */
public record Shard(long id, String primaryUrl, List<String> replicaUrls) {
  /** Copies the list, so that the record is immutable. */
  public Shard {
    replicaUrls = List.copyOf(replicaUrls);
  }

  /** Whether the primary or a replica is the same endpoint as {@code url}. */
  boolean serves(HttpUrl url) {
    return urls().stream().anyMatch(url::names);
  }

  /** The primary's URL, then the replicas'. */
  public List<String> urls() {
    List<String> urls = new ArrayList<>(1 + replicaUrls.size());
    urls.add(primaryUrl);
    urls.addAll(replicaUrls);
    return urls;
  }
}
