// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;

/**
 * The outcome of offering a bootstrap once.
 *
 * @param fate whether it is worth offering again
 * @param text the answer, for the operator
 */
record Offered(Fate fate, String text) {
  /** The meaning of an answer for the next offer. */
  enum Fate {
    /** It was decided; the state shows how. */
    DECIDED,
    /** It was not accepted now, but may be later. */
    LATER,
    /** This leader will never accept it. */
    NEVER
  }

  /** The answer of another member, which leads. */
  static Offered answered(String leader, int status, String body) {
    String said = "the leader " + leader + " answered " + status;
    return switch (status) {
      case 200 -> new Offered(Fate.DECIDED, said);
      case 400, 413, 415, 422 -> new Offered(Fate.NEVER, said + ": " + body);
      default -> new Offered(Fate.LATER, said + ": " + body);
    };
  }

  /** The outcome in the log of this member, which leads. */
  static Offered submitted(Submission submission) {
    if (!(submission instanceof Submission.Answered answered)) {
      return new Offered(Fate.LATER, submission.toString());
    }
    boolean broken =
        answered.outcome() instanceof Rejected rejected
            && rejected.refusal() == Refusal.INVALID_MAP;
    return new Offered(broken ? Fate.NEVER : Fate.DECIDED, answered.outcome().toString());
  }
}
