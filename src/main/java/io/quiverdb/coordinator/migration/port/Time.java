package io.quiverdb.coordinator.migration.port;

import java.time.Duration;

/** The clock of a move. Thread-safe. */
public interface Time {
  /** Monotonic, in ns from any beginning. */
  long nanos();

  /** Milliseconds since 1970-01-01T00:00:00Z, for people. */
  long epochMillis();

  /** Waits. */
  void sleep(Duration duration) throws InterruptedException;
}
