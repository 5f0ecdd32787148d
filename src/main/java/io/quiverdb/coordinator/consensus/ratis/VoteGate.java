// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a member with data from granting votes until enough others have vouched for it. An older
 * copy of a data directory cannot be elected, since its log lacks the entry by which its successor
 * was admitted; but it could elect. Thread-safe.
 */
final class VoteGate {
  private static final Logger LOG = LoggerFactory.getLogger(VoteGate.class);
  private static final int ROUNDS_BETWEEN_MESSAGES = 15;

  private final RatisSettings settings;
  private final KnownMembers members;
  private final PeerReports reports;
  private final Reads reads;
  private final StateView view;
  private final FailureListener failure;
  private volatile boolean open;
  private volatile String reason = "";
  private int rounds;

  VoteGate(
      RatisSettings settings,
      KnownMembers members,
      PeerReports reports,
      Reads reads,
      StateView view,
      FailureListener failure) {
    this.settings = settings;
    this.members = members;
    this.reports = reports;
    this.reads = reads;
    this.view = view;
    this.failure = failure;
  }

  /** Whether this member may grant a vote. */
  boolean isOpen() {
    return open;
  }

  /** Why it may not; empty if it may, or has not asked yet. */
  String reason() {
    return open ? "" : reason;
  }

  /**
   * Before the Raft server starts: asks once, also for a founder that has made no storage yet. A
   * copy of its directory may be put back too, when its successor has voted.
   *
   * @throws StorageException if this member was replaced
   */
  void begin(Identity identity) throws StorageException, InterruptedException {
    if (members.established().isEmpty()) {
      open = true;
      return;
    }
    if (!identity.formatted()) {
      rounds++; // The other founders decide at the same time, so they know nothing more.
    }
    PeerAnswers heard = reports.gather();
    Optional<String> removed = Removal.of(identity, heard);
    if (removed.isPresent()) {
      throw new StorageException(Cause.REMOVED, removed.get());
    }
    Vouching.Verdict verdict = judge(identity, heard);
    if (verdict instanceof Vouching.Verdict.Retired retired) {
      throw new StorageException(Cause.STORAGE, replaced(identity, retired));
    }
  }

  /** Asks again, until it knows. Called periodically while the member runs. */
  void look(Identity identity) throws InterruptedException {
    if (isConfirmed(identity)) {
      open = true;
    }
    if (!open && judge(identity, reports.gather()) instanceof Vouching.Verdict.Retired retired) {
      failure.failed(Cause.STORAGE, replaced(identity, retired));
    }
  }

  /**
   * Notes that a leader has confirmed a state in which this member votes with its current
   * incarnation.
   */
  private boolean isConfirmed(Identity identity) {
    return reads.staleness().isPresent()
        && view.current()
            .state()
            .incarnations()
            .of(settings.memberId())
            .equals(Optional.of(identity.incarnation()));
  }

  private Vouching.Verdict judge(Identity identity, PeerAnswers heard) {
    Vouching.Verdict verdict =
        Vouching.judge(
            settings.memberId(),
            identity.incarnation(),
            identity.retired(),
            members.established(),
            heard);
    if (verdict instanceof Vouching.Verdict.Vouched) {
      open = true;
    } else if (verdict instanceof Vouching.Verdict.Unknown unknown) {
      reason = unknown.reason();
      if (rounds++ % ROUNDS_BETWEEN_MESSAGES == 0) {
        LOG.warn("this member does not vote yet: {}", reason);
      }
    }
    return verdict;
  }

  private String replaced(Identity identity, Vouching.Verdict.Retired retired) {
    return "The data directory "
        + settings.dataDir()
        + " is an older copy: "
        + settings.memberId()
        + " lost it ("
        + identity.incarnation()
        + ") and was admitted again with another one, as "
        + retired.by()
        + " knows. It lacks what was acknowledged since, so it never votes again. Put the newer"
        + " directory in its place; if that is lost too, empty this one: the member then gets its"
        + " data from the others.";
  }
}
