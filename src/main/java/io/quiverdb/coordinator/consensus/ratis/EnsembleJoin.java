// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member without data gets into its ensemble: it founds it with the others, or waits until
 * the leader has admitted it. Every decision is on disk before anything follows from it, and is
 * never taken back, so that a crash at any point only repeats a question:
 *
 * <ul>
 *   <li>before the decision: the next start asks again;
 *   <li>decided to found, no storage yet: never voted; the next start makes the storage and votes;
 *   <li>decided to rejoin, no storage yet: asks for its admission again, which does not expire; if
 *       it was replaced meanwhile, under a new incarnation;
 *   <li>storage made: starts on it, and refuses if it has vanished.
 * </ul>
 */
final class EnsembleJoin {
  private static final Logger LOG = LoggerFactory.getLogger(EnsembleJoin.class);
  private static final long PAUSE_MILLIS = 200;
  private static final int ROUNDS_BETWEEN_MESSAGES = 15;

  private final RatisSettings settings;
  private final DataDirectory directory;
  private final PeerReports reports;
  private final CountDownLatch closing;

  /**
   * A way in.
   *
   * @param closing ends the waiting
   */
  EnsembleJoin(
      RatisSettings settings,
      DataDirectory directory,
      PeerReports reports,
      CountDownLatch closing) {
    this.settings = settings;
    this.directory = directory;
    this.reports = reports;
    this.closing = closing;
  }

  /**
   * Returns when the Raft server may start.
   *
   * @return false if this member was closed meanwhile
   */
  boolean pass() throws IOException, InterruptedException {
    for (int round = 0; closing.getCount() > 0; round++) {
      Identity identity = directory.identity();
      if (identity.formatted() || identity.standing() == Identity.Standing.FOUNDER) {
        return true;
      }
      PeerAnswers heard = reports.gather();
      Optional<String> waiting =
          identity.standing() == Identity.Standing.FOUNDING
              ? found(identity, heard)
              : admission(identity, heard);
      if (waiting.isEmpty()) {
        continue; // look at what has just been decided
      }
      if (waiting.get().isEmpty()) {
        return true;
      }
      if (round % ROUNDS_BETWEEN_MESSAGES == 0) {
        LOG.info("{}{}", waiting.get(), heard.missing());
      }
      if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return false;
  }

  /** Empty if something was decided; else what is waited for. */
  private Optional<String> found(Identity identity, PeerAnswers heard) throws IOException {
    List<String> others = settings.others().stream().map(Member::id).toList();
    Founding.Decision decision =
        Founding.decide(
            settings.memberId(), identity.incarnation(), settings.memberList(), others, heard);
    if (decision instanceof Founding.Decision.Found found) {
      LOG.info("every member is empty: founding the ensemble {}", settings.ensemble());
      var unused = directory.change(before -> before.founder(found.incarnations()));
      return Optional.empty();
    }
    if (decision instanceof Founding.Decision.Rejoin rejoin) {
      LOG.warn("this member has no data, but {}: it waits to be added again", rejoin.reason());
      var unused = directory.change(Identity::rejoining);
      return Optional.empty();
    }
    return Optional.of(
        "this member has no data and may not vote before all others have said that they have none: "
            + ((Founding.Decision.Wait) decision).reason());
  }

  /** Empty if something was decided; an empty text if this member is admitted. */
  private Optional<String> admission(Identity identity, PeerAnswers heard) throws IOException {
    if (heard.reports().values().stream()
        .anyMatch(report -> report.retired().contains(identity.incarnation()))) {
      LOG.warn("this member, still without data, was replaced: it asks again under a new name");
      var unused = directory.change(Identity::rejoining);
      return Optional.empty();
    }
    int knowing = Vouching.knowing(identity.memberId(), identity.incarnation(), heard).size();
    return Optional.of(
        knowing >= Vouching.admitting(settings.others().size())
            ? ""
            : "this member has no data and waits for the leader to add it, again or as a new one; the"
                + " leader's ensemble.members must name it");
  }
}
