// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a change of the list of members while this member leads. Level-triggered: each round
 * compares the list in the log with the voters, so the next leader continues after this one died.
 * Used by one thread, except that {@link #waitingOn} is thread-safe.
 */
final class MemberChanges {
  private static final Logger LOG = LoggerFactory.getLogger(MemberChanges.class);

  private final RatisSettings settings;
  private final KnownMembers members;
  private final RaftMembership node;
  private final Voters voters;
  private final Leadership leadership;
  private final StateView view;
  private final RoundCommands commands;
  private final Function<String, Optional<String>> dial;
  private OptionalLong reconnected = OptionalLong.empty();
  private volatile Optional<Waiting> waiting = Optional.empty();

  /** A change, by the index of its entry, and what it waits for. */
  private record Waiting(long change, Optional<String> on) {}

  MemberChanges(
      RatisSettings settings,
      KnownMembers members,
      RaftMembership node,
      Voters voters,
      Leadership leadership,
      StateView view,
      RoundCommands commands,
      Function<String, Optional<String>> dial) {
    this.settings = settings;
    this.members = members;
    this.node = node;
    this.voters = voters;
    this.leadership = leadership;
    this.view = view;
    this.commands = commands;
    this.dial = dial;
  }

  /**
   * What the current change waits for; empty if it waits for nothing or this member does not lead.
   */
  Optional<String> waitingOn() {
    Optional<MemberChange> change = view.current().state().members().change();
    return waiting
        .filter(seen -> change.map(MemberChange::index).equals(Optional.of(seen.change())))
        .flatMap(Waiting::on);
  }

  /** Forgets the current change, because this member does not lead. */
  void rest() {
    waiting = Optional.empty();
    reconnected = OptionalLong.empty();
  }

  /** Runs one round on the newest reports of the others. */
  void look(Map<String, MemberReport> reports) throws InterruptedException {
    ClusterState state = view.current().state();
    MemberList list = state.members();
    if (!list.isRecorded()) {
      record(state);
      return;
    }
    Optional<MemberChange> change = list.change();
    if (change.isEmpty()) {
      waiting = Optional.empty();
      return;
    }
    Optional<String> waits =
        switch (change.get().step()) {
          case ADDING -> add(change.get(), list, reports);
          case REMOVING -> remove(change.get().leaving().orElseThrow(), reports);
          case MOVING -> move(change.get(), list, reports);
        };
    waiting = Optional.of(new Waiting(change.get().index(), waits));
    if (waits.isEmpty() && leadership.current().leads()) {
      finish(change.get());
    }
  }

  /**
   * Records the configured members as the list, unless a voter is missing among them: the list
   * would take its vote.
   */
  private void record(ClusterState state) {
    Set<String> voting = node.votingMembers();
    boolean complete = settings.members().stream().map(it -> it.id()).toList().containsAll(voting);
    if (state.format() >= MemberList.SINCE_FORMAT && complete && node.isConfigurationCommitted()) {
      commands.submit(
          new Command.RecordMembers(
              settings.members().stream().map(Member::recorded).toList(),
              leadership.current().term()));
    }
  }

  private Optional<String> add(
      MemberChange change, MemberList list, Map<String, MemberReport> reports) {
    String id = change.id();
    @Nullable MemberReport report = reports.get(id);
    if (report == null) {
      return Optional.of(
          "member "
              + id
              + " to answer at "
              + list.find(id).map(EnsembleMember::http).orElse("")
              + ": start it with an empty data directory and ensemble.join");
    }
    if (!voters.isCommitted(id, true)) {
      return Optional.of("member " + id + " to get the data and a vote");
    }
    return report.ready()
        ? Optional.empty()
        : Optional.of("member " + id + " to catch up: it has applied " + report.appliedIndex());
  }

  private Optional<String> remove(String id, Map<String, MemberReport> reports)
      throws InterruptedException {
    if (voters.isCommitted(id, false)) {
      return Optional.empty();
    }
    Optional<String> missing = voters.missing(id, true, reports);
    if (missing.isPresent()) {
      return missing;
    }
    if (id.equals(settings.memberId())) {
      Optional<String> heir = voters.heir(id, reports);
      if (heir.isPresent()) {
        LOG.info("this member is being removed: it transfers the leadership to {}", heir.get());
        voters.handOver(heir.get());
      }
      return Optional.of("another member to lead in place of " + id);
    }
    return voters.takeOut(id) && voters.isCommitted(id, false)
        ? Optional.empty()
        : Optional.of("the vote of member " + id + " to be removed");
  }

  private Optional<String> move(
      MemberChange change, MemberList list, Map<String, MemberReport> reports) {
    String id = change.id();
    // Of the list itself: what this member goes by follows it a moment later.
    Member wanted = Member.of(list.find(id).orElseThrow());
    if (id.equals(settings.memberId())) {
      return settings.self().equals(wanted)
          ? Optional.empty()
          : Optional.of("this member, which leads, to be started again with its new addresses");
    }
    if (!members.find(id).equals(Optional.of(wanted))) {
      return Optional.of("member " + id + " to be reached at " + wanted.raft());
    }
    String raft = wanted.raft();
    @Nullable MemberReport report = reports.get(id);
    Optional<String> unreachable = dial.apply(raft);
    if (report == null || unreachable.isPresent()) {
      return Optional.of(
          "member " + id + " to answer at its new addresses: start it there with its data");
    }
    if (!reconnected.equals(OptionalLong.of(change.index()))) {
      reconnected = OptionalLong.of(change.index());
      var unused = node.reconnect(id);
      return Optional.of("member " + id + " to follow at " + raft);
    }
    boolean follows =
        node.followers().stream()
            .filter(follower -> follower.id().equals(id))
            .anyMatch(follower -> follower.silence().compareTo(settings.patience()) <= 0);
    return follows && report.ready()
        ? Optional.empty()
        : Optional.of("member " + id + " to follow at " + raft);
  }

  private void finish(MemberChange change) {
    commands.submit(
        new Command.FinishMemberStep(change.index(), change.step(), leadership.current().term()));
  }
}
