// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Submission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members without data: at the beginning, and after they lost it. */
@Timeout(120)
@Tag("realtime")
class RejoinTest {
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

  private void awaitMember(String id) {
    await()
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(
            () -> {
              assertNotEquals(Leadership.Role.REJOINING, ensemble.report(id).role());
              assertTrue(ensemble.report(id).ready(), () -> ensemble.report(id).toString());
            });
  }

  @Test
  void aloneItFounds() throws Exception {
    ensemble = new TestEnsemble(dir, 1);
    ensemble.startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    ensemble.kill("c1");
    ensemble.start("c1");
    assertTrue(ensemble.member(ensemble.leader()).stateView().current().index() >= 0);
    ensemble.submit(new Command.AllocateId());
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ensemble.member("c1").reads().staleness().isPresent());
  }

  @Test
  void nobodyVotesBeforeAllHaveAnswered() throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    ensemble.launch("c1");
    ensemble.launch("c2");
    await()
        .during(Duration.ofSeconds(1))
        .atMost(TestEnsemble.PATIENCE)
        .until(
            () ->
                ensemble.report("c1").empty()
                    && ensemble.report("c1").knownIncarnations().isEmpty()
                    && ensemble.report("c2").term() == 0);
    assertEquals(
        new Submission.Unavailable("this member is starting"),
        TestEnsemble.answer(
            ensemble.member("c1"), TestEnsemble.proposal(new Command.AllocateId())));
    ensemble.start("c3");
    ensemble.submit(TestEnsemble.bootstrap());
    ensemble.assertSameState();
  }

  @Test
  void waitingForOthersEndsWhenTheMemberIsClosed() throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    ensemble.launch("c1");
    await().atMost(TestEnsemble.PATIENCE).until(() -> ensemble.report("c1").empty());
    ensemble.stop("c1");
    ensemble.launch("c1"); // the lock is free again
    ensemble.launch("c2");
    ensemble.launch("c3");
    ensemble.awaitStarted(ensemble.ids());
    ensemble.submit(TestEnsemble.bootstrap());
  }

  @Test
  void aMemberThatStartsLateIsAFounderAllTheSame() throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    ensemble.launch("c1");
    ensemble.launch("c2");
    ensemble.launch("c3");
    ensemble.awaitStarted(ensemble.ids());
    for (String id : ensemble.ids()) {
      assertEquals(
          2, ensemble.report(id).knownIncarnations().size(), () -> ensemble.report(id).toString());
    }
  }

  /** It crashed when its decision was on disk and nothing else. */
  @Test
  void aFounderWithoutStorageYetStillVotes() throws Exception {
    ensemble = new TestEnsemble(dir, 3);
    Map<String, String> incarnations = new TreeMap<>();
    for (String id : ensemble.ids()) {
      try (DataDirectory directory = DataDirectory.open(ensemble.settings(id))) {
        incarnations.put(id, directory.identity().incarnation());
      }
    }
    try (DataDirectory directory = DataDirectory.open(ensemble.settings("c1"))) {
      directory.change(
          identity ->
              identity.founder(Map.of("c2", incarnations.get("c2"), "c3", incarnations.get("c3"))));
    }
    ensemble.startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    for (String id : ensemble.ids()) {
      assertEquals(incarnations.get(id), ensemble.report(id).incarnation(), "nobody had to rejoin");
    }
  }

  @Test
  void aMemberThatCrashesWhileItWaitsForAdmissionGoesOnWaiting() throws Exception {
    found();
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    ensemble.wipe(follower);
    ensemble.mute(follower);
    ensemble.launch(follower);
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ensemble.report(follower).role() == Leadership.Role.REJOINING);
    String incarnation = ensemble.report(follower).incarnation();
    ensemble.kill(follower);
    ensemble.unmute(follower);
    ensemble.start(follower);
    awaitMember(follower);
    assertEquals(incarnation, ensemble.report(follower).incarnation());
    ensemble.assertSameState();
  }

  @Test
  void aWipedFollowerComesBackByItself() throws Exception {
    found();
    String follower = ensemble.followers().get(0);
    String before = ensemble.report(follower).incarnation();
    ensemble.kill(follower);
    ensemble.wipe(follower);
    ensemble.start(follower);
    awaitMember(follower);
    assertNotEquals(before, ensemble.report(follower).incarnation());
    ensemble.load(10);
    ensemble.assertSameState();
    assertTrue(ensemble.member(ensemble.leader()).followers().size() == 2);

    // From here on it is a member like any other: over a restart, and as a voter.
    ensemble.kill(follower);
    ensemble.start(follower);
    String leader = ensemble.leader();
    String third =
        ensemble.ids().stream()
            .filter(id -> !id.equals(leader) && !id.equals(follower))
            .findFirst()
            .orElseThrow();
    ensemble.awaitCaughtUp(follower);
    ensemble.kill(third);
    ensemble.submit(new Command.AllocateId());
  }

  @Test
  void aWipedLeaderComesBackByItself() throws Exception {
    found();
    String leader = ensemble.leader();
    ensemble.kill(leader);
    ensemble.wipe(leader);
    ensemble.start(leader);
    awaitMember(leader);
    ensemble.assertSameState();
    assertEquals(51, ensemble.member(leader).stateView().current().state().nextId());
  }

  @Test
  void allMembersCanBeWipedOneAfterTheOther() throws Exception {
    found();
    for (String id : ensemble.ids()) {
      ensemble.kill(id);
      ensemble.wipe(id);
      ensemble.start(id);
      awaitMember(id);
      ensemble.submit(new Command.AllocateId());
    }
    ensemble.assertSameState();
    ensemble.ids().forEach(ensemble::kill);
    ensemble.startAll();
    ensemble.submit(new Command.AllocateId());
    ensemble.assertSameState();
  }

  /**
   * The trap: an entry is committed by leader and one follower while the other one lags; leader
   * stops and the follower is wiped. Its empty log would elect the lagging one, which lacks the
   * entry.
   */
  @Test
  void aWipedMemberBesideALaggingOneLosesNothing() throws Exception {
    found();
    String leader = ensemble.leader();
    String lagging = ensemble.followers().get(0);
    String wiped = ensemble.followers().get(1);
    ensemble.kill(lagging);
    ensemble.load(50);
    Submission.Answered last = ensemble.submit(new Command.AllocateId());
    ensemble.kill(wiped);
    ensemble.kill(leader);
    ensemble.wipe(wiped);

    ensemble.launch(lagging);
    ensemble.launch(wiped);
    ensemble.awaitStarted(List.of(lagging));
    await()
        .during(Duration.ofSeconds(3))
        .atMost(TestEnsemble.PATIENCE)
        .until(
            () ->
                !ensemble.member(lagging).leadership().current().leads()
                    && !ensemble.member(wiped).leadership().current().leads());
    assertEquals(Leadership.Role.REJOINING, ensemble.report(wiped).role());
    assertTrue(ensemble.report(wiped).empty());

    ensemble.start(leader);
    ensemble.awaitStarted(List.of(wiped));
    awaitMember(wiped);
    ensemble.assertSameState();
    for (String id : ensemble.ids()) {
      assertTrue(ensemble.member(id).stateView().current().index() >= last.index());
      assertEquals(102, ensemble.member(id).stateView().current().state().nextId());
    }
  }

  /** The old disk is put back after its member was filled again: it would vote without its log. */
  @Test
  void anOlderCopyOfAMembersDirectoryIsRefused() throws Exception {
    found();
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    Folders.copy(ensemble.dataDir(follower), dir.resolve("old"));
    String old = Identity.parse(Files.readAllBytes(dir.resolve("old/identity.json"))).incarnation();
    ensemble.wipe(follower);
    ensemble.start(follower);
    awaitMember(follower);
    ensemble.kill(follower);
    Folders.copy(ensemble.dataDir(follower), dir.resolve("new"));
    ensemble.wipe(follower);
    Folders.copy(dir.resolve("old"), ensemble.dataDir(follower));
    ensemble.launch(follower);
    StorageException refused = ensemble.startFailure(follower);
    assertEquals(FailureListener.Cause.STORAGE, refused.exit(), refused::advice);
    assertTrue(refused.advice().contains("is an older copy"), refused::advice);
    assertTrue(refused.advice().contains(old), refused::advice);
    ensemble.kill(follower);

    // Nobody who knows it better answers, and so it runs, but grants no vote until one does.
    ensemble.ids().forEach(ensemble::mute);
    ensemble.start(follower);
    String leader = ensemble.leader();
    ensemble.kill(leader);
    await()
        .during(Duration.ofSeconds(3))
        .atMost(TestEnsemble.PATIENCE)
        .until(
            () ->
                ensemble.running().stream()
                    .noneMatch(id -> ensemble.member(id).leadership().current().leads()));
    assertTrue(
        ensemble.report(follower).noVote().contains("that it was not replaced since"),
        () -> ensemble.report(follower).noVote());
    ensemble.ids().forEach(ensemble::unmute);
    await().atMost(TestEnsemble.PATIENCE).until(() -> !ensemble.failures(follower).isEmpty());
    assertTrue(
        ensemble.failures(follower).get(0).startsWith("STORAGE: "),
        ensemble.failures(follower)::toString);
    ensemble.kill(follower);

    // The newer one is welcome, after a restart of all as well.
    ensemble.wipe(follower);
    Folders.copy(dir.resolve("new"), ensemble.dataDir(follower));
    ensemble.ids().forEach(ensemble::kill);
    ensemble.startAll();
    ensemble.submit(new Command.AllocateId());
    ensemble.assertSameState();
  }

  /** It crashed as a founder before it made its storage, and its disk was replaced. */
  @Test
  void anOlderCopyOfAFounderWithoutStorageIsRefused() throws Exception {
    found();
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    Identity last = Identity.parse(Files.readAllBytes(identityFile(follower)));
    Identity first =
        new Identity(
            last.memberId(),
            last.peer(),
            last.ensemble(),
            last.groupId(),
            last.incarnation(),
            Identity.Standing.FOUNDER,
            false,
            -1,
            last.known(),
            List.of(),
            List.of(),
            "");
    ensemble.wipe(follower);
    ensemble.start(follower);
    awaitMember(follower);
    ensemble.kill(follower);
    ensemble.wipe(follower);
    Files.createDirectories(ensemble.dataDir(follower));
    Files.write(identityFile(follower), first.toBytes());
    ensemble.launch(follower);
    StorageException refused = ensemble.startFailure(follower);
    assertEquals(FailureListener.Cause.STORAGE, refused.exit(), refused::advice);
    assertTrue(refused.advice().contains("is an older copy"), refused::advice);
    ensemble.kill(follower);

    // It may not vote while nobody answers who knows it.
    ensemble.ids().forEach(ensemble::mute);
    ensemble.start(follower);
    await()
        .during(Duration.ofSeconds(1))
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> !ensemble.report(follower).noVote().isEmpty());
  }

  private Path identityFile(String id) {
    return ensemble.dataDir(id).resolve("identity.json");
  }

  @Test
  void aMemberThatIsNotAdmittedYetDoesNotServe() throws Exception {
    found();
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    ensemble.wipe(follower);
    ensemble.mute(follower); // the leader does not hear that it is there
    ensemble.launch(follower);
    await()
        .during(Duration.ofSeconds(2))
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> !ensemble.report(follower).ready() && ensemble.report(follower).empty());
    assertFalse(ensemble.member(follower).reads().staleness().isPresent());
    ensemble.unmute(follower);
    ensemble.awaitStarted(List.of(follower));
    awaitMember(follower);
  }
}
