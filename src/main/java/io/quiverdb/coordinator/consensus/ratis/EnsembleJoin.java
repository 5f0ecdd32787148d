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
 * Brings a member without data into its ensemble: it founds the ensemble with the others, or waits
 * until the leader has admitted it. Every decision is on disk before it takes effect, and is final.
 * So after a crash at any point the member only asks again:
 *
 * <ul>
 *   <li>before the decision: the next start asks again;
 *   <li>decided to found, no storage yet: it never voted; the next start creates the storage and
 *       votes;
 *   <li>decided to rejoin, no storage yet: it asks again for its admission, which does not expire.
 *       If it was replaced in the meantime, it asks under a new incarnation;
 *   <li>storage created: it starts on the storage, and refuses to start if the storage has
 *       vanished.
 * </ul>
 */
final class EnsembleJoin {
  private static final Logger LOG = LoggerFactory.getLogger(EnsembleJoin.class);
  private static final long PAUSE_MILLIS = 200;
  private static final int ROUNDS_BETWEEN_MESSAGES = 15;

  private final RatisSettings settings;
  private final KnownMembers members;
  private final DataDirectory directory;
  private final PeerReports reports;
  private final CountDownLatch closing;

  /**
   * Joins one member.
   *
   * @param closing at zero, {@link #pass} stops waiting
   */
  EnsembleJoin(
      RatisSettings settings,
      KnownMembers members,
      DataDirectory directory,
      PeerReports reports,
      CountDownLatch closing) {
    this.settings = settings;
    this.members = members;
    this.directory = directory;
    this.reports = reports;
    this.closing = closing;
  }

  /**
   * Blocks until the Raft server may start.
   *
   * @return false if this member was closed first
   */
  boolean pass() throws IOException, InterruptedException {
    for (int round = 0; closing.getCount() > 0; round++) {
      Identity identity = directory.identity();
      if (identity.formatted() || identity.standing() == Identity.Standing.FOUNDER) {
        return true;
      }
      PeerAnswers heard =
          members.others().isEmpty() && !settings.join().isEmpty()
              ? reports.gather(settings.join())
              : reports.gather();
      Optional<String> waiting = look(identity, heard);
      if (waiting.isEmpty()) {
        continue; // act on the decision just made
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

  /**
   * Makes one decision if it can. Returns empty if it made one, an empty text if this member may
   * start, else what it waits for.
   */
  private Optional<String> look(Identity identity, PeerAnswers heard) throws IOException {
    boolean founded =
        !settings.join().isEmpty()
            || heard.reports().values().stream().anyMatch(it -> !it.list().members().isEmpty());
    if (identity.standing() != Identity.Standing.FOUNDING) {
      return founded ? place(identity, heard) : admission(identity, heard);
    }
    if (!founded) {
      return found(identity, heard);
    }
    LOG.info("this member has no data, and the ensemble exists: it waits to be added");
    var unused = directory.change(before -> before.rejoining(true));
    return Optional.empty();
  }

  /** Decides for an ensemble whose log has a list of members. */
  private Optional<String> place(Identity identity, PeerAnswers heard) throws IOException {
    Optional<List<Member>> list =
        heard.reports().values().stream()
            .map(report -> report.list().members())
            .filter(told -> told.stream().anyMatch(it -> it.id().equals(settings.memberId())))
            .findFirst();
    if (list.isEmpty()) {
      Member self = settings.self();
      return Optional.of(
          "this member waits to be added. Run on any member: quiver-coordinator members add "
              + self.id()
              + " --raft "
              + self.raft()
              + " --http "
              + self.http());
    }
    if (!members.all().equals(list.get())) {
      members.recall(list.get());
      var unused = directory.change(before -> before.listing(list.get()));
      return Optional.empty();
    }
    return admission(identity, heard);
  }

  /**
   * Decides in an ensemble that may not exist yet. Returns empty if it decided, else what it waits
   * for.
   */
  private Optional<String> found(Identity identity, PeerAnswers heard) throws IOException {
    List<String> others = members.others().stream().map(Member::id).toList();
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
      var unused = directory.change(before -> before.rejoining(ownPeerId(heard)));
      return Optional.empty();
    }
    return Optional.of(
        "this member has no data and may not vote before all others have answered that they"
            + " have none either: "
            + ((Founding.Decision.Wait) decision).reason());
  }

  /**
   * Waits for the admission. Returns empty if it decided something, an empty text if this member is
   * admitted, else what it waits for.
   */
  private Optional<String> admission(Identity identity, PeerAnswers heard) throws IOException {
    if (heard.reports().values().stream()
        .anyMatch(report -> report.retired().contains(identity.incarnation()))) {
      LOG.warn(
          "this member, still without data, was replaced: it asks again under a new"
              + " incarnation");
      var unused = directory.change(before -> before.rejoining(ownPeerId(heard)));
      return Optional.empty();
    }
    int knowing = Vouching.knowing(identity.memberId(), identity.incarnation(), heard).size();
    return Optional.of(
        knowing >= Vouching.admitting(members.established().size())
            ? ""
            : "this member has no data and waits for the leader to add it; the list of"
                + " members must name it");
  }

  /** Members that run 0.1.0 know no peer ids other than member ids. */
  private static boolean ownPeerId(PeerAnswers heard) {
    return heard.reports().values().stream().anyMatch(report -> report.list().format() > 1);
  }
}
