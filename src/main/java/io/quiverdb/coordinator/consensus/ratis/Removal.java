// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.model.MemberList;
import io.quiverdb.coordinator.model.RemovedMember;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a member that was removed from the list. A removed member gets no more entries from Raft, so
 * it learns of its removal from its own log, if that reaches so far, or from the others.
 */
final class Removal {
  private static final Logger LOG = LoggerFactory.getLogger(Removal.class);

  private Removal() {}

  /** Checks this member by its own state and by the reports of the others. */
  static void look(Identity identity, MemberList own, PeerAnswers heard, FailureListener failure) {
    of(identity, own.removed())
        .or(() -> of(identity, heard))
        .ifPresent(text -> failure.failed(Cause.REMOVED, text));
  }

  /**
   * Records the removal in the data directory, so that the next start fails at once with this
   * message.
   */
  static void note(Optional<DataDirectory> directory, Cause cause, String how) {
    if (cause != Cause.REMOVED || directory.isEmpty()) {
      return;
    }
    try {
      var unused = directory.get().change(identity -> identity.removed(how));
    } catch (IOException e) {
      LOG.warn("the removal of this member could not be recorded in its data directory", e);
    }
  }

  /** The message about the removal from the reports; empty if it was not removed. */
  static Optional<String> of(Identity identity, PeerAnswers heard) {
    return heard.reports().values().stream()
        .flatMap(report -> of(identity, report.list().removed()).stream())
        .findFirst();
  }

  private static Optional<String> of(Identity identity, Collection<RemovedMember> removed) {
    return removed.stream()
        .filter(gone -> gone.incarnation().equals(identity.incarnation()))
        .flatMap(gone -> Stream.of(text(identity, gone)))
        .findFirst();
  }

  private static String text(Identity identity, RemovedMember gone) {
    return "Member "
        + identity.memberId()
        + " was removed from the ensemble "
        + identity.ensemble()
        + " at "
        + Instant.ofEpochMilli(gone.atMillis()).truncatedTo(ChronoUnit.SECONDS)
        + ", by the API key "
        + gone.keyId()
        + ". It never votes again with this data directory. To bring it back, empty the"
        + " directory and add the member again";
  }
}
