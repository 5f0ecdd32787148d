// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Quorum;
import java.util.Optional;

/**
 * What the leader does about one other member.
 *
 * <p>A member that lost its data is first removed from the configuration, then admitted under its
 * new incarnation, then added. In between it runs no Raft server. With its old incarnation in the
 * configuration it would be sent the log from the start, and could vote while it holds only half of
 * what it once acknowledged.
 */
final class Readmission {
  private Readmission() {}

  /** What to do about a member. */
  enum Step {
    /** Nothing. */
    NONE,
    /** Record its incarnation: it has data, and none or another one is recorded. */
    LEARN,
    /**
     * Remove it from the configuration: its old incarnation acknowledged data that it no longer
     * has.
     */
    REMOVE,
    /** Tell it that its old incarnation is removed, so that it starts. */
    ADMIT,
    /** Add it to the configuration. */
    ADD,
    /** Hand leadership over: Ratis has lost track of what this member has (RATIS-2523). */
    READD
  }

  /**
   * Decides for one member.
   *
   * @param founders whether all founders are recorded. Before that no member is replaced; but a
   *     member that the log knows is helped, because a log without a majority could not record them
   * @param known the incarnation under which this leader knows it, if any
   * @param votes whether it is in the configuration
   * @param stuck whether it makes no progress although it answers over Raft
   */
  static Step decide(
      boolean founders,
      Optional<String> known,
      boolean votes,
      Optional<MemberReport> answer,
      boolean stuck) {
    if (answer.isEmpty() || answer.get().incarnation().isEmpty()) {
      return Step.NONE;
    }
    MemberReport report = answer.get();
    boolean familiar = known.equals(Optional.of(report.incarnation()));
    if (!familiar && !founders) {
      return Step.NONE;
    }
    if (report.role() == Leadership.Role.REJOINING && !familiar) {
      return votes ? Step.REMOVE : Step.ADMIT;
    }
    if (!familiar) {
      // It has data, or has not decided yet whether it founds; the latter must not be recorded.
      return report.empty() ? Step.NONE : Step.LEARN;
    }
    if (!votes) {
      return Step.ADD;
    }
    return stuck ? Step.READD : Step.NONE;
  }

  /**
   * Whether the others are a majority without this member.
   *
   * @param voters how many members vote now, this one included
   * @param sound how many members other than this one are up and keep up
   */
  static boolean keepsQuorum(int voters, int sound) {
    return sound >= Quorum.majority(voters);
  }
}
