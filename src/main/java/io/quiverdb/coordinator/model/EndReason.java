// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Optional;

/** Why some work has ended, as the state keeps it. */
final class EndReason {
  private EndReason() {}

  /**
   * The reason without what is too long.
   *
   * @param text empty if there is none
   * @param most how many characters it may have
   */
  static Optional<String> of(String text, int most) {
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(text.substring(0, Math.min(text.length(), most)));
  }
}
