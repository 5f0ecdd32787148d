// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.time.Duration;

/** The clock of a migration. Thread-safe. */
public interface Time {
  /** Monotonic time in ns, from an arbitrary origin. */
  long nanos();

  /** Milliseconds since 1970-01-01T00:00:00Z, for display only. */
  long epochMillis();

  /** Waits. */
  void sleep(Duration duration) throws InterruptedException;
}
