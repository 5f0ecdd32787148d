// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import java.util.Optional;

/**
 * What the leader does about one other member.
 *
 * <p>A member that lost its data is first taken out of the configuration, then admitted under its
 * new incarnation, then added. In between it runs no Raft server at all: with its old self still in
 * the configuration it would be sent the log from the start and could vote while it holds only half
 * of what it once acknowledged.
 */
final class Readmission {
  private Readmission() {}

  /** What to do about a member. */
  enum Step {
    /** Nothing. */
    NONE,
    /** Record its incarnation if none was; it has data under another one than is recorded. */
    LEARN,
    /** Take it out of the configuration: its old self acknowledged what it no longer has. */
    REMOVE,
    /** Say that its old self is out, so that it starts. */
    ADMIT,
    /** Add it to the configuration. */
    ADD,
    /** Let another one lead: Ratis lost track of what this member has (RATIS-2523). */
    READD
  }

  /**
   * Decides for one member.
   *
   * @param founders whether all founders are recorded: before that nobody is replaced, but whom the
   *     log knows is helped, or a log that stands still for want of a majority would stay so
   * @param known the incarnation under which this leader knows it, if any
   * @param votes whether it is in the configuration
   * @param stuck whether it stands still although it answers over Raft
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
      // It has data, or has not decided yet whether it founds; the latter must not be remembered.
      return report.empty() ? Step.NONE : Step.LEARN;
    }
    if (!votes) {
      return Step.ADD;
    }
    return stuck ? Step.READD : Step.NONE;
  }

  /**
   * Whether the others are a majority without this member's help.
   *
   * @param voters how many members vote now, it included
   * @param sound how many members besides it are up and keep up
   */
  static boolean keepsQuorum(int voters, int sound) {
    return sound >= voters / 2 + 1;
  }
}
