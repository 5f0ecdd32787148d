// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

/**
 * The formats of entries and snapshots: 1 as 0.1.0 has it; 2 with the list of members, checks of
 * the data, plans, the growth policy, the commands that change them, and the one that gives a shard
 * another address.
 */
public final class Format {
  /** The newest format that this build reads and writes. */
  public static final int NEWEST = 2;

  private Format() {}
}
