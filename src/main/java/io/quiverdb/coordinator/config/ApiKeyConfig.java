// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One API key.
 *
 * @param id its name in the history and in logs
 * @param role what it may do
 * @param secret the secret that callers present
 * @param file the file of the secret, which is watched; empty if the secret is in the configuration
 *     itself
 */
public record ApiKeyConfig(String id, Role role, Secret secret, Optional<Path> file) {
  /** What a key may do. */
  public enum Role {
    /** Reads. */
    READ,
    /** Reads: the coordinator has nothing to write but changes of the cluster. */
    WRITE,
    /** Reads, changes of the cluster and backups. */
    ADMIN
  }
}
