// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.model.Outcome;
import java.util.Optional;

/** The outcome of submitting a command. */
public sealed interface Submission {
  /**
   * The entry is committed and applied on this member.
   *
   * @param outcome the answer of the state machine
   * @param replayed whether the outcome is that of an earlier request with the same idempotency key
   * @param index the log index of this entry
   * @param term the term of this entry
   */
  record Answered(Outcome outcome, boolean replayed, long index, long term) implements Submission {}

  /**
   * The command surely never entered the log: this member is not the leader.
   *
   * @param leaderId the member that is believed to lead
   */
  record NotLeader(Optional<String> leaderId) implements Submission {}

  /**
   * The command surely never entered the log: this member cannot accept commands now.
   *
   * @param reason a sentence for the operator
   */
  record Unavailable(String reason) implements Submission {}

  /**
   * The command may or may not commit.
   *
   * @param reason a sentence for the operator
   */
  record Unknown(String reason) implements Submission {}
}
