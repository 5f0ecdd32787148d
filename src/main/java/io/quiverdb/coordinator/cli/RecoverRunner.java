// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a backup from a data directory, without writing into it. */
@FunctionalInterface
interface RecoverRunner {
  /**
   * The result.
   *
   * @param document the backup; empty if nothing could be read
   * @param notes for the operator
   * @param failure what is wrong; empty if the directory is sound
   * @param damaged whether that is damage of the directory
   */
  record Outcome(
      Optional<String> document, List<String> notes, Optional<String> failure, boolean damaged) {}

  /**
   * Reads it.
   *
   * @param committedOnly whether to leave out entries that are not known to be committed
   */
  Outcome read(Path dataDir, boolean committedOnly);
}
