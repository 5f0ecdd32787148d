// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.model.MemberList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of members changes while the ensemble runs. */
class MemberChangesTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;

  @AfterEach
  void close() {
    ensemble.close();
  }

  private void found(int size) throws Exception {
    ensemble = new TestEnsemble(dir, size);
    ensemble.startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    await().atMost(TestEnsemble.PATIENCE).until(() -> list().isRecorded());
  }

  private MemberList list() {
    return ensemble.member(ensemble.leader()).stateView().current().state().members();
  }

  private void awaitSettled() {
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> list().isRecorded() && list().change().isEmpty());
  }

  private void add(String id) throws Exception {
    Member joining = ensemble.join(id);
    ensemble.submit(new Command.AddMember(id, joining.raft(), joining.http().toString()));
    awaitSettled();
    assertTrue(voters().contains(id), "votes: " + voters());
  }

  private Set<String> voters() {
    return ensemble.member(ensemble.leader()).membership().voters().orElseThrow();
  }

  private void remove(String id) {
    ensemble.submit(new Command.RemoveMember(id, true));
    awaitSettled();
    assertFalse(voters().contains(id), "votes: " + voters());
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ensemble.failures(id).stream().anyMatch(it -> it.startsWith("REMOVED")));
    ensemble.kill(id);
  }

  @Test
  void oneBecomesThreeAndOneAgain() throws Exception {
    found(1);
    add("c2");
    add("c3");
    assertEquals(Set.of("c1", "c2", "c3"), voters());
    ensemble.load(20);
    ensemble.assertSameState();
    remove(ensemble.leader());
    remove(ensemble.followers().get(0));
    ensemble.load(20);
    assertEquals(1, voters().size());
  }

  @Test
  void threeBecomeFiveAndThreeWhileClientsWrite() throws Exception {
    found(3);
    try (Writing writing = new Writing(ensemble)) {
      add("c4");
      add("c5");
      remove("c1");
      remove("c2");
      writing.end();
    }
    assertEquals(Set.of("c3", "c4", "c5"), voters());
    ensemble.assertSameState();
  }

  @Test
  void aMemberIsReplacedByOneCommand() throws Exception {
    found(3);
    ensemble.kill("c2");
    Member joining = ensemble.join("c4");
    ensemble.submit(
        new Command.ReplaceMember("c2", "c4", joining.raft(), joining.http().toString()));
    awaitSettled();
    assertEquals(Set.of("c1", "c3", "c4"), voters());
    assertTrue(list().findRemoved("c2").isPresent());
    StorageException refused = startAgain("c2");
    assertEquals(Cause.REMOVED, refused.exit());
    assertTrue(refused.advice().contains("was removed from the ensemble test"), refused.advice());
    Identity kept =
        Identity.parse(Files.readAllBytes(ensemble.dataDir("c2").resolve("identity.json")));
    assertEquals(Identity.Standing.REMOVED, kept.standing());
    assertEquals(refused.advice(), startAgain("c2").advice());
  }

  @Test
  void allHostsAreReplacedWhileAClientWrites() throws Exception {
    found(3);
    try (Writing writing = new Writing(ensemble)) {
      for (int host = 1; host <= 3; host++) {
        String old = "c" + host;
        String next = "c" + (host + 3);
        Member joining = ensemble.join(next);
        ensemble.submit(
            new Command.ReplaceMember(old, next, joining.raft(), joining.http().toString()));
        awaitSettled();
        ensemble.kill(old);
      }
      writing.end();
    }
    assertEquals(Set.of("c4", "c5", "c6"), voters());
    ensemble.assertSameState();
  }

  private StorageException startAgain(String id) throws Exception {
    ensemble.launch(id);
    StorageException refused = ensemble.startFailure(id);
    ensemble.kill(id);
    return refused;
  }

  @Test
  void aMemberComesBackAtAnotherAddressWithItsData() throws Exception {
    found(3);
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    Member moved = ensemble.move(follower);
    ensemble.submit(new Command.SetMemberAddress(follower, moved.raft(), moved.http().toString()));
    assertTrue(list().change().isPresent(), "it is awaited");
    ensemble.start(follower);
    awaitSettled();
    ensemble.load(5);
    ensemble.awaitCaughtUp(follower);
    // The others find it there when they ask for votes, too.
    String leader = ensemble.leader();
    String other =
        ensemble.followers().stream().filter(id -> !id.equals(follower)).findFirst().orElseThrow();
    ensemble.kill(leader);
    ensemble.submit(new Command.AllocateId());
    assertTrue(Set.of(follower, other).contains(ensemble.leader()));
  }

  @Test
  void anAdditionThatCannotSucceedIsEndedByRemoving() throws Exception {
    found(3);
    ensemble.submit(new Command.AddMember("c4", "127.0.0.1:1", "http://127.0.0.1:1"));
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ensemble.report(ensemble.leader()).list().waitingOn().isPresent());
    ensemble.submit(new Command.RemoveMember("c4", false));
    awaitSettled();
    assertEquals(Set.of("c1", "c2", "c3"), voters());
  }

  /** The newcomer is not up yet, and cannot vouch for anybody. */
  @Test
  void membersThatRestartDuringAnAdditionDoNotWaitForTheNewOne() throws Exception {
    found(3);
    ensemble.submit(new Command.AddMember("c4", "127.0.0.1:1", "http://127.0.0.1:1"));
    ensemble.awaitCaughtUp("c1", "c2", "c3");
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(
            () ->
                ensemble.ids().stream()
                    .allMatch(id -> !ensemble.report(id).list().members().isEmpty()));
    ensemble.killAll(ensemble.ids()).join();
    ensemble.launch("c1");
    ensemble.launch("c2");
    ensemble.awaitStarted(List.of("c1", "c2"));
    ensemble.submit(new Command.AllocateId());
    assertTrue(list().change().isPresent(), "it goes on being added");
  }

  /** A first attempt that is given up when the newcomer has the log already. */
  @Test
  void anAdditionThatFailedOnceSucceedsInAnIdleEnsemble() throws Exception {
    found(3);
    ensemble.load(20);
    Member joining = ensemble.join("c4");
    ensemble.submit(new Command.AddMember("c4", joining.raft(), joining.http().toString()));
    RaftNode leader = ensemble.member(ensemble.leader()).node();
    ensemble.awaitStarted(List.of("c4"));
    List<RaftPeer> wanted = new ArrayList<>(leader.voters());
    wanted.add(leader.named(ensemble.report("c4").peer()));
    wanted.add(RaftSetup.peer("nobody", "127.0.0.1:1"));
    RaftClientReply failed =
        leader
            .setVoters(leader.voters(), wanted)
            .handle((reply, failure) -> reply)
            .get(20, TimeUnit.SECONDS);
    assertTrue(failed == null || !failed.isSuccess(), "nobody answers at port 1");
    awaitSettled();
    assertEquals(Set.of("c1", "c2", "c3", "c4"), voters());
  }
}
