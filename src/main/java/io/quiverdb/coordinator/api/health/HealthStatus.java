// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import java.util.Locale;

/** How bad it is; the worst is last. */
public enum HealthStatus {
  /** As it should be. */
  GREEN,
  /** It works, and somebody should look at it. */
  YELLOW,
  /** Something does not work. */
  RED;

  /** As answers have it. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  HealthStatus worse(HealthStatus other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
