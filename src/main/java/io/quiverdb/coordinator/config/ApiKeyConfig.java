// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * One API key.
 *
 * @param id what history and logs call it
 * @param role what it may do
 * @param secret what callers present
 */
public record ApiKeyConfig(String id, Role role, Secret secret) {
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
