// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.AddMember;
import io.quiverdb.coordinator.command.Command.FinishMemberStep;
import io.quiverdb.coordinator.command.Command.MemberCommand;
import io.quiverdb.coordinator.command.Command.RecordMembers;
import io.quiverdb.coordinator.command.Command.RemoveMember;
import io.quiverdb.coordinator.command.Command.ReplaceMember;
import io.quiverdb.coordinator.command.Command.SetMemberAddress;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.HttpUrl;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberChange.Kind;
import io.quiverdb.coordinator.model.MemberChange.Step;
import io.quiverdb.coordinator.model.MemberList;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.RemovedMember;
import io.quiverdb.coordinator.model.Result.MembersResult;
import io.quiverdb.coordinator.model.Result.NoResult;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The rules of the list of members. They know only the list, not which members are up: the leader
 * checks, before and after, that a quorum is left.
 */
final class MemberRules {
  private static final Pattern ADDRESS = Pattern.compile("[^\\s/]{1,255}:[1-9][0-9]{0,4}");

  private MemberRules() {}

  static Applied record(ClusterState state, RecordMembers record) {
    if (state.members().isRecorded()) {
      return Rules.rejected(
          state,
          Refusal.DUPLICATE_MEMBER,
          "the members are recorded already; change them one by one");
    }
    if (state.format() < MemberList.SINCE_FORMAT) {
      return Rules.rejected(
          state, Refusal.FORMAT_MISMATCH, "format " + state.format() + " has no list of members");
    }
    return Rules.accepted(
        state.withMembers(state.members().with(record.members())), new NoResult());
  }

  static Applied decide(ClusterState state, EntryId entry, Stamp stamp, MemberCommand command) {
    if (!state.members().isRecorded()) {
      return Rules.rejected(
          state,
          Refusal.MEMBERS_NOT_RECORDED,
          "the log does not say yet who the members are. It will, seconds after every member runs a"
              + " release that reads format 2");
    }
    if (command instanceof AddMember add) {
      EnsembleMember member = new EnsembleMember(add.id(), add.raft(), add.http());
      return add(state, member, new Begin(entry, stamp, Kind.ADD, Step.ADDING, Optional.empty()));
    }
    if (command instanceof ReplaceMember replace) {
      return replace(state, entry, stamp, replace);
    }
    if (command instanceof RemoveMember remove) {
      return remove(state, entry, stamp, remove);
    }
    if (command instanceof SetMemberAddress set) {
      return move(state, entry, stamp, new EnsembleMember(set.id(), set.raft(), set.http()));
    }
    throw Rules.missing(command);
  }

  private record Begin(
      EntryId entry, Stamp stamp, Kind kind, Step step, Optional<String> replaces) {
    MemberChange of(String id) {
      return new MemberChange(
          entry.index(), kind, step, id, replaces, stamp.keyId(), stamp.epochMillis());
    }
  }

  private static Applied replace(
      ClusterState state, EntryId entry, Stamp stamp, ReplaceMember replace) {
    EnsembleMember member = new EnsembleMember(replace.id(), replace.raft(), replace.http());
    MemberList list = state.members();
    if (list.find(replace.member()).isEmpty()) {
      boolean repeated =
          list.find(member.id()).equals(Optional.of(member))
              && list.findRemoved(replace.member()).isPresent();
      return repeated ? done(state) : unknown(state, replace.member());
    }
    if (replace.id().equals(replace.member())) {
      return Rules.rejected(
          state,
          Refusal.DUPLICATE_MEMBER,
          "id: a replacement needs an id of its own, not " + replace.id());
    }
    return add(
        state,
        member,
        new Begin(entry, stamp, Kind.REPLACE, Step.ADDING, Optional.of(replace.member())));
  }

  private static Applied add(ClusterState state, EnsembleMember member, Begin begin) {
    MemberList list = state.members();
    Optional<String> invalid = violation(member);
    if (invalid.isPresent()) {
      return Rules.rejected(state, Refusal.INVALID_MEMBER, invalid.get());
    }
    if (list.find(member.id()).equals(Optional.of(member)) && repeats(list, member.id(), begin)) {
      return done(state);
    }
    if (list.change().isPresent()) {
      return busy(state, list.change().get());
    }
    if (list.find(member.id()).isPresent()) {
      return Rules.rejected(
          state,
          Refusal.DUPLICATE_MEMBER,
          "id: "
              + member.id()
              + " is a member already; to change its addresses, use members set-address");
    }
    if (list.collision(member).isPresent()) {
      return taken(state, list.collision(member).get());
    }
    if (list.members().size() >= MemberList.MAX_MEMBERS) {
      return Rules.rejected(
          state,
          Refusal.LIMIT_REACHED,
          "the ensemble has " + MemberList.MAX_MEMBERS + " members, which is the limit");
    }
    return done(state.withMembers(list.plus(member).begun(begin.of(member.id()))));
  }

  /** Whether an equal request has already added the member, or is adding it. */
  private static boolean repeats(MemberList list, String id, Begin begin) {
    return list.change()
        .map(
            active ->
                active.id().equals(id)
                    && active.kind() == begin.kind()
                    && active.replaces().equals(begin.replaces()))
        .orElseGet(() -> begin.replaces().flatMap(list::find).isEmpty());
  }

  private static Applied remove(
      ClusterState state, EntryId entry, Stamp stamp, RemoveMember remove) {
    MemberList list = state.members();
    String id = remove.id();
    if (list.find(id).isEmpty()) {
      return list.findRemoved(id).isPresent() ? done(state) : unknown(state, id);
    }
    if (list.change().flatMap(MemberChange::leaving).equals(Optional.of(id))) {
      return done(state);
    }
    Optional<MemberChange> active = list.change();
    // Ends an addition that cannot succeed, or a move to a host that has died.
    if (active.isPresent()
        && (active.get().step() == Step.REMOVING || !active.get().id().equals(id))) {
      return busy(state, active.get());
    }
    if (list.members().size() == 1) {
      return Rules.rejected(
          state, Refusal.LAST_MEMBER, "member " + id + " is the only one: it cannot be removed");
    }
    Begin begin = new Begin(entry, stamp, Kind.REMOVE, Step.REMOVING, Optional.empty());
    return done(state.withMembers(list.begun(begin.of(id))));
  }

  private static Applied move(
      ClusterState state, EntryId entry, Stamp stamp, EnsembleMember member) {
    MemberList list = state.members();
    Optional<EnsembleMember> before = list.find(member.id());
    if (before.isEmpty()) {
      return unknown(state, member.id());
    }
    Optional<String> invalid = violation(member);
    if (invalid.isPresent()) {
      return Rules.rejected(state, Refusal.INVALID_MEMBER, invalid.get());
    }
    if (before.get().equals(member)) {
      return done(state);
    }
    Optional<MemberChange> active = list.change();
    if (active.isPresent()
        && !(active.get().step() == Step.MOVING && active.get().id().equals(member.id()))) {
      return busy(state, active.get());
    }
    if (list.collision(member).isPresent()) {
      return taken(state, list.collision(member).get());
    }
    Begin begin = new Begin(entry, stamp, Kind.SET_ADDRESS, Step.MOVING, Optional.empty());
    return done(state.withMembers(list.moved(member).begun(begin.of(member.id()))));
  }

  static Applied finish(ClusterState state, EntryId entry, Stamp stamp, FinishMemberStep finish) {
    MemberList list = state.members();
    Optional<MemberChange> active =
        list.change().filter(it -> it.index() == finish.change() && it.step() == finish.step());
    if (active.isEmpty()) {
      return Rules.rejected(
          state, Refusal.WRONG_STEP, "change " + finish.change() + " is at another step, or over");
    }
    MemberChange change = active.get();
    if (change.step() == Step.ADDING && change.kind() == Kind.REPLACE) {
      return Rules.accepted(
          state.withMembers(list.begun(change.removing(entry.index()))), new NoResult());
    }
    MemberList settled = list.settled();
    if (change.leaving().isEmpty()) {
      return Rules.accepted(state.withMembers(settled), new NoResult());
    }
    String gone = change.leaving().get();
    RemovedMember removed =
        new RemovedMember(
            gone, state.incarnations().of(gone).orElse(""), change.keyId(), stamp.epochMillis());
    return Rules.accepted(
        state
            .withMembers(settled.without(removed))
            .withIncarnations(state.incarnations().without(gone)),
        new NoResult());
  }

  private static Optional<String> violation(EnsembleMember member) {
    if (!EnsembleMember.isId(member.id())) {
      return Optional.of("id: wanted 1 to 64 letters, digits, dots, dashes or underscores");
    }
    if (!ADDRESS.matcher(member.raft()).matches()) {
      return Optional.of("raft: wanted host:port");
    }
    return HttpUrl.parse(member.http()).isEmpty()
        ? Optional.of("http: wanted a base URL such as http://host:6335")
        : Optional.empty();
  }

  private static Applied done(ClusterState state) {
    return Rules.accepted(state, new MembersResult());
  }

  private static Applied unknown(ClusterState state, String id) {
    return Rules.rejected(state, Refusal.UNKNOWN_MEMBER, "the ensemble has no member " + id);
  }

  private static Applied taken(ClusterState state, EnsembleMember other) {
    return Rules.rejected(
        state,
        Refusal.DUPLICATE_MEMBER,
        "member "
            + other.id()
            + " has this address: raft "
            + other.raft()
            + ", http "
            + other.http());
  }

  private static Applied busy(ClusterState state, MemberChange active) {
    return Rules.rejected(
        state,
        Refusal.MEMBER_CHANGE_ACTIVE,
        active.describe()
            + "; one change at a time: wait for it"
            + (active.step() == Step.REMOVING ? "" : ", or remove member " + active.id()));
  }
}
