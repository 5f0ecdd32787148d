// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same as {@link LeaderDiesInMemberChangeTest}, on the real log, at the moments that are
 * visible from outside: the change is ordered, the voters have changed, the next step has begun.
 */
@Tag("chaos")
@Timeout(180)
class LeaderDiesOnRaftTest {
  private static final String NEW = "c4";

  @TempDir Path dir;
  private TestEnsemble ensemble;

  enum Order {
    ADD,
    REMOVE_A_FOLLOWER,
    REMOVE_THE_LEADER,
    REMOVE_A_DEAD_ONE,
    REPLACE_A_FOLLOWER,
    REPLACE_THE_LEADER,
    REPLACE_A_DEAD_ONE,
    MOVE_A_FOLLOWER;

    boolean replaces() {
      return name().startsWith("REPLACE");
    }

    boolean removes() {
      return name().startsWith("REMOVE");
    }
  }

  enum Moment {
    ORDERED,
    VOTES_CHANGED,
    NEXT_STEP
  }

  static Stream<Arguments> cells() {
    return Stream.of(Order.values())
        .flatMap(
            order ->
                Stream.of(Moment.values())
                    .filter(moment -> moment != Moment.NEXT_STEP || order.replaces())
                    .filter(
                        moment -> moment != Moment.VOTES_CHANGED || order != Order.MOVE_A_FOLLOWER)
                    .map(moment -> Arguments.of(order, moment)));
  }

  @AfterEach
  void close() {
    ensemble.close();
  }

  private MemberList list() {
    return ensemble.member(ensemble.leader()).stateView().current().state().members();
  }

  private Set<String> voters() {
    return ensemble.member(ensemble.leader()).node().votingMembers();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cells")
  void theChangeIsCarriedOn(Order order, Moment moment) throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    ensemble.startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    await().atMost(TestEnsemble.PATIENCE).until(() -> list().isRecorded());
    String about =
        order.name().endsWith("THE_LEADER") ? ensemble.leader() : ensemble.followers().get(0);
    Set<String> expected = new TreeSet<>(ensemble.ids());
    if (order.removes() || order.replaces()) {
      expected.remove(about);
    }
    if (order == Order.ADD || order.replaces()) {
      expected.add(NEW);
    }
    try (Writing writing = new Writing(ensemble)) {
      begin(order, about);
      String killed = killAt(moment);
      ensemble.launch(killed);
      if (order == Order.MOVE_A_FOLLOWER) {
        ensemble.launch(about);
      }
      await("the end of the change")
          .atMost(Duration.ofSeconds(60))
          .until(() -> list().change().isEmpty());
      writing.end();
    }
    assertEquals(expected, voters());
    assertEquals(
        expected, new TreeSet<>(list().members().stream().map(each -> each.id()).toList()));
    if (!expected.contains(about)) {
      ensemble.kill(about);
    }
    ensemble.assertSameState();
  }

  private void begin(Order order, String about) {
    switch (order) {
      case ADD -> {
        Member joining = ensemble.join(NEW);
        ensemble.submit(new Command.AddMember(NEW, joining.raft(), joining.http().toString()));
      }
      case REMOVE_A_DEAD_ONE -> {
        ensemble.kill(about);
        ensemble.submit(new Command.RemoveMember(about, true));
      }
      case REMOVE_A_FOLLOWER, REMOVE_THE_LEADER ->
          ensemble.submit(new Command.RemoveMember(about, true));
      case REPLACE_A_DEAD_ONE -> {
        ensemble.kill(about);
        replace(about);
      }
      case REPLACE_A_FOLLOWER, REPLACE_THE_LEADER -> replace(about);
      case MOVE_A_FOLLOWER -> {
        ensemble.kill(about);
        Member moved = ensemble.move(about);
        ensemble.submit(new Command.SetMemberAddress(about, moved.raft(), moved.http().toString()));
      }
    }
  }

  private void replace(String about) {
    Member joining = ensemble.join(NEW);
    ensemble.submit(
        new Command.ReplaceMember(about, NEW, joining.raft(), joining.http().toString()));
  }

  private String killAt(Moment moment) {
    Set<String> before = new TreeSet<>(ensemble.ids());
    if (moment != Moment.ORDERED) {
      await()
          .atMost(TestEnsemble.PATIENCE)
          .pollInterval(Duration.ofMillis(2))
          .until(
              () ->
                  moment == Moment.VOTES_CHANGED
                      ? !voters().equals(before)
                      : list()
                          .change()
                          .map(MemberChange::step)
                          .equals(Optional.of(MemberChange.Step.REMOVING)));
    }
    String leader = ensemble.leader();
    ensemble.kill(leader);
    return leader;
  }
}
