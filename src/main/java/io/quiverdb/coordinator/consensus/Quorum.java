// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

/** How many members decide. */
public final class Quorum {
  private Quorum() {}

  /** The fewest of so many voters that are more than half of them. */
  public static int majority(int voters) {
    return voters / 2 + 1;
  }
}
