// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/** Ids and versions are unsigned 64-bit numbers in a {@code long}. */
public final class Unsigned {
  private Unsigned() {}

  /** The greater of two unsigned numbers. */
  public static long max(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  /** The decimal digits of an unsigned number. */
  public static String text(long unsigned) {
    return Long.toUnsignedString(unsigned);
  }
}
