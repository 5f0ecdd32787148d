// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import io.quiverdb.coordinator.shard.Row;
import java.io.IOException;
import java.util.List;

/** Keeps points that a drop or a sweep deletes although their owner lacks them. Thread-safe. */
public interface Spills {
  /** The copy of a shard that differs from the owner's, or is absent there. */
  record Spilled(String collection, String donorUrl, Row row, boolean absentOnOwner) {}

  /**
   * Keeps rows; returns when they are on the disk.
   *
   * @param work what deletes them, such as {@code migration-3} or {@code sweep-5}
   * @throws IOException if they are not; then they must not be deleted
   */
  void keep(String work, List<Spilled> rows) throws IOException;
}
