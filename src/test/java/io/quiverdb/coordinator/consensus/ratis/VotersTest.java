// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Leadership;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which members keep their vote, and which get it back. */
@Timeout(120)
@Tag("realtime")
class VotersTest {
  private static final Duration PAST_EVERY_LIMIT = TestSettings.STUCK_AFTER.multipliedBy(2);

  @TempDir Path dir;
  private TestEnsemble ensemble;

  @AfterEach
  void end() {
    ensemble.close();
  }

  private void found() throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    ensemble.found();
  }

  private List<String> voters() {
    return List.copyOf(ensemble.member(ensemble.leader()).node().votingMembers());
  }

  private String other(String... ids) {
    TreeSet<String> others = new TreeSet<>(ensemble.ids());
    others.removeAll(List.of(ids));
    return others.first();
  }

  private String transfer(String from, String to) throws Exception {
    return ensemble
        .member(from)
        .leadership()
        .transfer(Optional.of(to), Duration.ofSeconds(1))
        .get(10, TimeUnit.SECONDS);
  }

  /** Its Raft port is closed, its server starts slowly, or packets are lost: one never knows. */
  @Test
  void whoAnswersOverHttpOnlyKeepsItsVote() throws Exception {
    found();
    String follower = ensemble.followers().get(0);
    ensemble.killRaft(follower);
    ensemble.load(10);
    await()
        .during(PAST_EVERY_LIMIT)
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> voters().equals(ensemble.ids()));
    ensemble.start(follower);
    ensemble.awaitCaughtUp(follower);
    ensemble.kill(ensemble.leader());
    ensemble.submit(new Command.AllocateId());
  }

  /** Its disk went back in time: it lost entries that it had acknowledged (RATIS-2523). */
  @Test
  void aFollowerWhoseDiskWentBackGoesOnAndKeepsItsVote() throws Exception {
    found();
    String leader = ensemble.leader();
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    Folders.copy(ensemble.dataDir(follower), dir.resolve("old"));
    ensemble.start(follower);
    ensemble.load(200);
    ensemble.awaitCaughtUp(follower);
    ensemble.kill(follower);
    ensemble.wipe(follower);
    Folders.copy(dir.resolve("old"), ensemble.dataDir(follower));
    ensemble.start(follower);
    ensemble.load(10);
    // Under this leader if its sender was replaced meanwhile, else under another one.
    long index = ensemble.member(leader).leadership().current().commitIndex();
    await()
        .atMost(TestEnsemble.PATIENCE.multipliedBy(2))
        .until(() -> ensemble.report(follower).appliedIndex() >= index);
    ensemble.assertSameState();
    assertEquals(ensemble.ids(), voters());
    assertEquals(List.of(), ensemble.failures(follower));
  }

  /** Adding a member that cannot be reached would keep Ratis from handing over. */
  @Test
  void whoCannotBeAddedHoldsNothingUpAndComesBackUnderAnyLeader() throws Exception {
    found();
    String leader = ensemble.leader();
    String wiped = ensemble.followers().get(0);
    String third = other(leader, wiped);
    ensemble.kill(wiped);
    ensemble.wipe(wiped);
    ensemble.mute(wiped);
    ensemble.launch(wiped);
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ensemble.report(wiped).role() == Leadership.Role.REJOINING);
    ensemble.killRaft(wiped);
    ensemble.unmute(wiped);
    await("it is taken out and admitted")
        .atMost(TestEnsemble.PATIENCE)
        .until(
            () ->
                voters().equals(List.of(leader, third).stream().sorted().toList())
                    && ensemble.report(leader).knownIncarnations().containsKey(wiped));
    assertEquals(third, transfer(leader, third));
    await().atMost(TestEnsemble.PATIENCE).until(() -> ensemble.leader().equals(third));
    ensemble.load(10);
    assertEquals(leader, transfer(third, leader));
    ensemble.start(wiped);
    await().atMost(TestEnsemble.PATIENCE).until(() -> voters().equals(ensemble.ids()));
    await().atMost(TestEnsemble.PATIENCE).until(() -> ensemble.report(wiped).ready());
    assertTrue(ensemble.report(wiped).role() != Leadership.Role.REJOINING);
    ensemble.kill(third);
    ensemble.submit(new Command.AllocateId());
  }

  /** Ratis keeps the sender of the one that went out, and could never add it again. */
  @DisplayName(
      "a member that was taken out by a leader that was deposed and elected again comes back")
  @Test
  void whoWasTakenOutComesBackUnderTheSameLeader() throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    ensemble.timing(
        new RatisSettings.Timing(Duration.ofMillis(1500), Duration.ofMillis(3000))); // see below
    ensemble.startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    ensemble.assertSameState();
    String leader = ensemble.leader();
    String out = ensemble.followers().get(0);
    String third = other(leader, out);
    RaftNode node = ensemble.member(leader).node();
    CompletableFuture<Void> killed = ensemble.killAll(List.of(third, out));
    // It leads until nobody has answered for three seconds, and logs what only it has then.
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(
            () ->
                node.followers().stream()
                    .allMatch(follower -> follower.silence().toMillis() > 1200));
    List<RaftPeer> all = node.voters();
    CompletableFuture<RaftClientReply> change =
        node.setVoters(
            all, all.stream().filter(peer -> !peer.getId().toString().equals(out)).toList());
    await().atMost(TestEnsemble.PATIENCE).until(() -> !node.leads());
    assertTrue(change.isDone());
    killed.get(20, TimeUnit.SECONDS);
    ensemble.start(third);
    assertEquals(leader, ensemble.leader());
    assertEquals(List.of(leader, third).stream().sorted().toList(), voters());
    ensemble.start(out);
    await()
        .atMost(TestEnsemble.PATIENCE.multipliedBy(2))
        .until(() -> voters().equals(ensemble.ids()));
    assertNotEquals(leader, ensemble.leader());
    ensemble.awaitCaughtUp(out);
    ensemble.assertSameState();
  }

  /** It commits, but its followers prove nothing and serve no map. */
  @Test
  void aLeaderThatNobodyReachesLetsAnotherLead() throws Exception {
    found();
    String leader = ensemble.leader();
    String behind = ensemble.followers().get(0);
    String third = other(leader, behind);
    ensemble.kill(behind);
    ensemble.load(10);
    ensemble.killAll(List.of(leader, third)).get(20, TimeUnit.SECONDS);
    ensemble.deafen(leader);
    ensemble.launch(leader);
    ensemble.launch(behind);
    ensemble.awaitStarted(List.of(leader, behind));
    assertEquals(leader, ensemble.leader(), "it has what the other one lacks");
    await()
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(
            () ->
                assertTrue(
                    ensemble
                        .member(leader)
                        .membership()
                        .troubles()
                        .toString()
                        .contains("member " + leader + " leads, but its Raft address")));
    await("one alone could not lead")
        .during(PAST_EVERY_LIMIT)
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ensemble.leader().equals(leader));
    ensemble.start(third);
    await()
        .atMost(TestEnsemble.PATIENCE.multipliedBy(2))
        .until(() -> ensemble.report(behind).ready() && ensemble.report(third).ready());
    await("the deposed leader hears of it")
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(() -> assertNotEquals(leader, ensemble.leader()));
    ensemble.submit(new Command.AllocateId());
  }
}
