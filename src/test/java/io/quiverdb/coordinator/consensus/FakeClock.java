// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Both clocks of a machine, which move only when the test moves them. For one thread. */
public final class FakeClock extends Clock {
  private long monotonic = 7_000_000_000L;
  private Instant wall = Instant.parse("2026-02-03T04:05:06.789Z");

  /** A clock for proofs that reads these two. */
  public ProofClock proofs() {
    return new ProofClock(() -> monotonic, this);
  }

  /** Time passes. */
  public void pass(Duration time) {
    monotonic += time.toNanos();
    step(time);
  }

  /** The wall clock alone is set, or the monotonic one stood still while time passed. */
  public void step(Duration time) {
    wall = wall.plus(time);
  }

  @Override
  public Instant instant() {
    return wall;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
