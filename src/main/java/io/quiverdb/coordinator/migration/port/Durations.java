// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.time.Duration;

/** The shorter and the longer one of two durations. */
public final class Durations {
  private Durations() {}

  /** The shorter one. */
  public static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** The longer one. */
  public static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
