// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.util.Set;

/** Sizes of majorities. */
public final class Quorum {
  private Quorum() {}

  /** The smallest number of voters that is more than half of them. */
  public static int majority(int voters) {
    return voters / 2 + 1;
  }

  /** How many of these voters may be lost, whichever they are, so that the rest is a majority. */
  public static int spare(Set<String> voters, Set<String> up) {
    long voting = voters.stream().filter(up::contains).count();
    return (int) Math.max(0, voting - majority(voters.size()));
  }
}
