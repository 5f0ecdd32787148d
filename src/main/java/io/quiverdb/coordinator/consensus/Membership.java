// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The voting members, and troubles of other members, as far as this member sees them. Thread-safe.
 */
public interface Membership {
  /** What is wrong with a member. */
  enum Kind {
    /** It answers over HTTP, but does not vote, or follows no leader, or is another process. */
    NOT_FOLLOWING,
    /** It votes, but this member's configuration does not name it. */
    NOT_CONFIGURED,
    /** This member's configuration lists other members than the log. */
    LIST_DIFFERS
  }

  /**
   * A trouble of a member.
   *
   * @param member its id
   * @param detail what is wrong, why, and what to do
   */
  record Trouble(String member, Kind kind, String detail) {}

  /**
   * The ids of the voting members, by the newest configuration in this member's log. Empty while it
   * has no configuration: it is starting, or waits to be added.
   */
  Optional<Set<String>> voters();

  /** The troubles of the last round, at most a few seconds ago, in the order of the members. */
  List<Trouble> troubles();

  /**
   * The ids of the other members that voted and followed in the last round. Empty if unknown,
   * because this member did not follow itself.
   */
  Optional<Set<String>> following();
}
