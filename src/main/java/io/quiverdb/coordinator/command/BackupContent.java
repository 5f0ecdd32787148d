// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;

/**
 * The part of the replicated state that a backup contains.
 *
 * @param clusterId the cluster that it was taken from
 * @param map the map
 * @param nextId the next shard id to hand out; unsigned
 * @param highestVersion the highest map version ever published; unsigned
 * @param routers the registered routers' URLs
 */
public record BackupContent(
    String clusterId, ShardMap map, long nextId, long highestVersion, List<String> routers) {
  public BackupContent {
    routers = List.copyOf(routers);
  }
}
