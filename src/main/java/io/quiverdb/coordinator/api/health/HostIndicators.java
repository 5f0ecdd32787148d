// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

/** The indicators of the member's machine and its configuration. */
final class HostIndicators {
  private static final long MIB = 1L << 20;

  /** Enough for snapshots, log files and the spill files of one migration. */
  private static final long SCARCE_MIB = 1_024;

  private static final long NEARLY_FULL_MIB = 128;

  private HostIndicators() {}

  static Indicator certificates(Observed seen) {
    return new Findings(Subject.CERTIFICATES)
        .with(seen.alarms())
        .indicator(
            seen.certificateLeft()
                .map(
                    left ->
                        "the certificate of "
                            + seen.node()
                            + " is valid for "
                            + left.toDays()
                            + " days more")
                .orElse(seen.node() + " uses no certificate"));
  }

  static Indicator disk(Observed seen) {
    Findings findings = new Findings(Subject.DISK).with(seen.alarms());
    if (seen.diskFree().isEmpty()) {
      return findings.indicator(seen.node() + " does not know how much space its disk has");
    }
    long free = seen.diskFree().getAsLong() / MIB;
    String sentence = seen.node() + " has " + free + " MiB of space left where it keeps its data";
    if (free < SCARCE_MIB) {
      findings.add(
          free < NEARLY_FULL_MIB ? HealthStatus.RED : HealthStatus.YELLOW,
          "A member whose disk is full ends.",
          new Diagnosis(sentence, "Free space.", "docs/operating.md#limits-and-sizing"));
    }
    return findings.indicator(sentence);
  }

  static Indicator clocks(Observed seen) {
    return new Findings(Subject.CLOCKS)
        .with(seen.alarms())
        .indicator("the clocks of the members that answer agree within 30 s");
  }

  static Indicator configuration(Observed seen) {
    return new Findings(Subject.CONFIGURATION)
        .with(seen.alarms())
        .indicator("the files of " + seen.node() + " are in use as they stand");
  }
}
