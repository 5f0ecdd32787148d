// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A secret that does not show itself: {@code toString} never holds it, comparison takes as long.
 */
public final class Secret {
  private final String value;

  /** Wraps a secret. */
  public Secret(String value) {
    this.value = value;
  }

  /** The secret itself: for a header or a digest, never for a log, a message or a response. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
