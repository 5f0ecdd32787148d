// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.auth;

/** What an API key may do; each role includes those before it. */
public enum Role {
  /** Reads the map and the state of the ensemble. */
  READ,
  /** Writes points through routers; on a coordinator no more than {@link #READ}. */
  WRITE,
  /** Changes the cluster, takes backups. */
  ADMIN
}
