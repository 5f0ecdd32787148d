// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.MigrationSettings;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Sample migrations and their constants, for tests of one step. */
public final class SampleMigrations {
  private SampleMigrations() {}

  public static MigrationSettings settings(int roundLimit, int spillThreshold) {
    return settings(roundLimit, spillThreshold, Duration.ofSeconds(10), 8 << 20);
  }

  public static MigrationSettings settings(
      int roundLimit, int spillThreshold, Duration dataTimeout, int batchBytes) {
    Duration ten = Duration.ofSeconds(10);
    return new MigrationSettings(
        false,
        ten,
        dataTimeout,
        Duration.ofSeconds(30),
        Duration.ofSeconds(2),
        ten,
        Duration.ofMillis(25),
        ten,
        Duration.ofSeconds(60),
        roundLimit,
        spillThreshold,
        batchBytes,
        Duration.ofMinutes(10),
        Optional.empty());
  }

  static Migration migration(
      MigrationPlan plan, Phase phase, MigrationProgress progress, long retries) {
    return new Migration(
        1,
        plan,
        phase,
        MigrationState.RUNNING,
        List.of(new PhaseEntry(phase, 10, 3, "c1", 0)),
        0,
        5,
        OptionalLong.of(6),
        OptionalLong.empty(),
        2,
        progress,
        Optional.empty(),
        0,
        Optional.empty(),
        retries,
        false,
        List.of(),
        List.of(),
        0,
        OptionalLong.empty());
  }
}
