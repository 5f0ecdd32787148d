// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.server.RecoveredBackup;
import java.nio.file.Path;
import java.time.Clock;

/** Connects {@code recover} to the code that reads a member's data directory. */
final class ServeRecovery {
  private ServeRecovery() {}

  static RecoverRunner.Outcome read(Path dataDir, boolean committedOnly) {
    RecoveredBackup backup = RecoveredBackup.read(dataDir, committedOnly, Clock.systemUTC());
    return new RecoverRunner.Outcome(
        backup.document(), backup.notes(), backup.failure(), backup.damaged());
  }
}
