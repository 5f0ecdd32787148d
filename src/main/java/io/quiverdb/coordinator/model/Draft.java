// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The only place that lists every component when one of them changes. */
final class Draft {
  MigrationOrigin origin;
  Phase phase;
  MigrationState state;
  List<PhaseEntry> steps;
  Runner runner;
  List<Long> begunIn;
  long verifiedTerm;
  OptionalLong versionDuring;
  OptionalLong versionAfter;
  MigrationProgress progress;
  Optional<WaitingOn> waitingOn;
  long throttlePointsPerSecond;
  Optional<String> error;
  long retries;
  Optional<WaitingOn> retried;
  boolean keepCopies;
  List<Long> skipped;
  List<String> leftDirty;
  Optional<Gate> gate;
  long updatedMillis;
  OptionalLong finishedMillis;

  Draft(Migration migration) {
    this.origin = migration.origin();
    this.phase = migration.phase();
    this.state = migration.state();
    this.steps = migration.steps();
    this.runner = migration.runner();
    this.begunIn = migration.begunIn();
    this.verifiedTerm = migration.verifiedTerm();
    this.versionDuring = migration.versionDuring();
    this.versionAfter = migration.versionAfter();
    this.progress = migration.progress();
    this.waitingOn = migration.waitingOn();
    this.throttlePointsPerSecond = migration.throttlePointsPerSecond();
    this.error = migration.error();
    this.retries = migration.retries();
    this.retried = migration.retried();
    this.keepCopies = migration.keepCopies();
    this.skipped = migration.skipped();
    this.leftDirty = migration.leftDirty();
    this.gate = migration.gate();
    this.updatedMillis = migration.updatedMillis();
    this.finishedMillis = migration.finishedMillis();
  }

  Migration finished(Migration fixed) {
    return new Migration(
        fixed.id(),
        fixed.plan(),
        origin,
        phase,
        state,
        steps,
        runner,
        begunIn,
        verifiedTerm,
        fixed.versionBefore(),
        versionDuring,
        versionAfter,
        fixed.place(),
        progress,
        waitingOn,
        throttlePointsPerSecond,
        error,
        retries,
        retried,
        keepCopies,
        skipped,
        leftDirty,
        gate,
        updatedMillis,
        finishedMillis);
  }
}
