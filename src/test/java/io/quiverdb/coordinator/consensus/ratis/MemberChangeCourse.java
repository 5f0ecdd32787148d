// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.RemovedMember;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The orders of an operator for three members, c1 leading, and the expected end. */
enum MemberChangeCourse {
  ADD(voters("c1", "c2", "c3", "c4"), Set.of(), start("c4"), order(add("c4"))),
  ADD_BEFORE_IT_RUNS(
      voters("c1", "c2", "c3", "c4"), Set.of(), order(add("c4")), pause(), start("c4")),
  ADD_GIVEN_UP(
      voters("c1", "c2", "c3"), Set.of("c4"), order(add("c4")), pause(), order(remove("c4"))),
  ADD_TAKEN_BACK(
      voters("c1", "c2", "c3"), Set.of("c4"), start("c4"), order(add("c4")), order(remove("c4"))),
  ADD_TAKEN_BACK_LATE(
      voters("c1", "c2", "c3"),
      Set.of("c4"),
      start("c4"),
      order(add("c4")),
      pause(),
      order(remove("c4"))),
  REMOVE_A_FOLLOWER(voters("c1", "c2"), Set.of("c3"), order(remove("c3"))),
  REMOVE_THE_LEADER(voters("c2", "c3"), Set.of("c1"), order(remove("c1"))),
  REMOVE_A_DEAD_ONE(voters("c1", "c2"), Set.of("c3"), stop("c3"), order(remove("c3"))),
  REPLACE_A_FOLLOWER(
      voters("c1", "c2", "c4"), Set.of("c3"), start("c4"), order(replace("c3", "c4"))),
  REPLACE_THE_LEADER(
      voters("c2", "c3", "c4"), Set.of("c1"), start("c4"), order(replace("c1", "c4"))),
  REPLACE_A_DEAD_ONE(
      voters("c1", "c2", "c4"), Set.of("c3"), stop("c3"), start("c4"), order(replace("c3", "c4"))),
  REPLACE_GIVEN_UP(
      voters("c1", "c2", "c3"),
      Set.of("c4"),
      order(replace("c3", "c4")),
      pause(),
      order(remove("c4"))),
  MOVE_A_FOLLOWER(
      voters("c1", "c2", "c3"), Set.of(), stop("c3"), order(move("c3")), startMoved("c3")),
  MOVE_THE_LEADER(
      voters("c1", "c2", "c3"), Set.of(), order(move("c1")), stop("c1"), startMoved("c1")),
  MOVE_GIVEN_UP(
      voters("c1", "c2"),
      Set.of("c3"),
      stop("c3"),
      order(move("c3")),
      pause(),
      order(remove("c3")));

  private static final int ROUNDS = 80;

  /** So many rounds without news: a majority is missing, and an operator starts who has died. */
  private static final int PATIENCE = 4;

  private final Set<String> voters;
  private final Set<String> removed;
  private final List<Act> acts;

  /**
   * One order.
   *
   * @param isOrder whether it begins a change of the members
   */
  private record Act(boolean isOrder, Predicate<FakeRaft> succeeds) {}

  /**
   * A course.
   *
   * @param acts tried once a round until it succeeds, one after the other
   */
  MemberChangeCourse(Set<String> voters, Set<String> removed, Act... acts) {
    this.voters = voters;
    this.removed = removed;
    this.acts = List.of(acts);
  }

  private static Set<String> voters(String... ids) {
    return Set.of(ids);
  }

  private static Act start(String id) {
    return always(raft -> raft.member(FakeRaft.member(id)).start());
  }

  private static Act startMoved(String id) {
    return always(raft -> raft.named(id).startAt(FakeRaft.moved(id)));
  }

  private static Act stop(String id) {
    return always(raft -> raft.named(id).stop());
  }

  /** The leader has the newest observations. */
  private static Act pause() {
    return new Act(false, raft -> raft.leader().isPresent());
  }

  private static Act always(Consumer<FakeRaft> does) {
    return new Act(
        false,
        raft -> {
          does.accept(raft);
          return true;
        });
  }

  private static Act order(Command command) {
    return new Act(
        true, raft -> raft.leader().filter(it -> isTaken(raft, it, command)).isPresent());
  }

  private static boolean isTaken(FakeRaft raft, String leader, Command command) {
    if (raft.submit(leader, TestEnsemble.proposal(command))
        instanceof Submission.Answered answered) {
      assertTrue(answered.outcome() instanceof Accepted, () -> command + ": " + answered.outcome());
      return true;
    }
    return false;
  }

  private static Command add(String id) {
    Member at = FakeRaft.member(id);
    return new Command.AddMember(id, at.raft(), at.http().toString());
  }

  private static Command remove(String id) {
    return new Command.RemoveMember(id, true);
  }

  private static Command replace(String old, String id) {
    Member at = FakeRaft.member(id);
    return new Command.ReplaceMember(old, id, at.raft(), at.http().toString());
  }

  private static Command move(String id) {
    Member to = FakeRaft.moved(id);
    return new Command.SetMemberAddress(id, to.raft(), to.http().toString());
  }

  /**
   * Runs it to its end.
   *
   * @throws AssertionError if it does not end, or ends otherwise
   */
  void run(FakeRaft raft) throws InterruptedException {
    int next = 0;
    int quiet = 0;
    List<Object> before = List.of();
    for (int round = 0; round < ROUNDS; round++) {
      raft.elect();
      if (raft.list().isRecorded() && next < acts.size() && isDone(acts.get(next), raft)) {
        next++;
      }
      lead(raft);
      raft.members().stream().filter(FakeRaftMember::alive).forEach(FakeRaftMember::beat);
      raft.settle();
      assertOneAtATime(raft);
      List<Object> now = List.of(raft.applied().index(), raft.voters(), raft.leader(), next);
      quiet = now.equals(before) ? quiet + 1 : 0;
      before = now;
      if (quiet > PATIENCE) {
        List<FakeRaftMember> dead = raft.members().stream().filter(FakeRaftMember::killed).toList();
        if (dead.isEmpty()) {
          break;
        }
        dead.forEach(FakeRaftMember::start);
        quiet = 0;
      }
    }
    assertEquals(acts.size(), next, "what the operator has done");
    assertEnd(raft);
  }

  private static boolean isDone(Act act, FakeRaft raft) {
    try {
      return act.succeeds().test(raft);
    } catch (FakeRaft.LeaderDied unanswered) {
      return false;
    }
  }

  private static void lead(FakeRaft raft) throws InterruptedException {
    Optional<String> leader = raft.leader();
    if (leader.isPresent()) {
      try {
        raft.named(leader.get()).look();
      } catch (FakeRaft.LeaderDied gone) {
        assertTrue(!raft.named(leader.get()).alive());
      }
    }
  }

  /** Another order meanwhile is refused. */
  private static void assertOneAtATime(FakeRaft raft) {
    if (raft.list().change().isEmpty()) {
      return;
    }
    Outcome outcome =
        ClusterStateMachine.apply(
                raft.state(),
                new EntryId(raft.applied().index() + 1, raft.term()),
                TestEnsemble.proposal(add("c9")))
            .outcome();
    assertTrue(
        outcome instanceof Rejected refused && refused.refusal() == Refusal.MEMBER_CHANGE_ACTIVE,
        outcome::toString);
  }

  private void assertEnd(FakeRaft raft) {
    assertEquals(Optional.empty(), raft.list().change(), "what is under way");
    assertEquals(voters, raft.votingMembers(), "who votes");
    assertEquals(
        voters,
        Set.copyOf(raft.list().members().stream().map(each -> each.id()).toList()),
        "who is in the list");
    assertEquals(
        List.copyOf(removed), raft.list().removed().stream().map(RemovedMember::id).toList());
    assertEquals(acts.stream().filter(Act::isOrder).count(), raft.begun(), "changes begun");
    for (String id : voters) {
      FakeRaftMember voter = raft.named(id);
      assertEquals(Optional.of(voter.incarnation()), raft.state().incarnations().of(id), id);
      assertEquals(voter.self().recorded(), raft.list().find(id).orElseThrow());
    }
    for (RemovedMember gone : raft.list().removed()) {
      assertEquals(
          !gone.incarnation().isEmpty(),
          raft.state().incarnations().retired().contains(gone.incarnation()),
          gone.toString());
    }
  }
}
