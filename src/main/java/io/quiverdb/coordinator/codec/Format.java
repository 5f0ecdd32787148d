// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

/** The formats of entries and snapshots. */
public final class Format {
  /** The newest format that this build reads and writes. */
  public static final int NEWEST = 1;

  private Format() {}
}
