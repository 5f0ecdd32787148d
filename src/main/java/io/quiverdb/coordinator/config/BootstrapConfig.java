// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The initial content of an empty ensemble.
 *
 * @param mapVersion the version of the first map; unsigned
 * @param shards URLs of the first shards; their ids are 0, 1, ... in this order
 * @param replicas read replicas of those shards
 * @param importState the state file of a single-node coordinator; if it exists, it is used instead
 *     of the shards
 */
public record BootstrapConfig(
    long mapVersion,
    List<String> shards,
    List<ReplicaSeed> replicas,
    Optional<StateImport> importState) {
  public BootstrapConfig {
    shards = List.copyOf(shards);
    replicas = List.copyOf(replicas);
  }

  /**
   * A read replica.
   *
   * @param shardId of a shard in the list
   * @param url of the replica
   */
  public record ReplicaSeed(long shardId, String url) {}

  /**
   * A state file.
   *
   * @param file where it is
   * @param required whether it is an error if it does not exist
   */
  public record StateImport(Path file, boolean required) {}
}
