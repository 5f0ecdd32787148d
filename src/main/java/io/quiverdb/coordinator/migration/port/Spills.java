// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import io.quiverdb.coordinator.shard.Row;
import java.io.IOException;
import java.util.List;

/** Keeps points that a drop deletes although their new owner lacks them. Thread-safe. */
public interface Spills {
  /** The copy of a donor that differs from the new owner's, or is absent there. */
  record Spilled(String collection, String donorUrl, Row row, boolean absentOnOwner) {}

  /**
   * Keeps rows of a migration; returns when they are on the disk.
   *
   * @throws IOException if they are not; then they must not be deleted
   */
  void keep(long migrationId, List<Spilled> rows) throws IOException;
}
