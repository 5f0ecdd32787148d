// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import java.util.Locale;

/** The severity; the worst is last. */
public enum HealthStatus {
  /** All is well. */
  GREEN,
  /** It works, but an operator should check it. */
  YELLOW,
  /** Something does not work. */
  RED;

  /** The name in answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  HealthStatus worse(HealthStatus other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
