// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.ReadUnavailableException;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three members that elect, replicate, lose a leader and go on. */
@Timeout(90)
@Tag("realtime")
class EnsembleTest {
  @TempDir Path dir;
  private TestEnsemble ensemble;

  @BeforeEach
  void found() throws Exception {
    ensemble = new TestEnsemble(dir, 3).startAll();
  }

  @AfterEach
  void end() {
    ensemble.close();
  }

  private static long id(Submission submission) {
    Outcome outcome = assertInstanceOf(Submission.Answered.class, submission).outcome();
    Result result = assertInstanceOf(Outcome.Accepted.class, outcome).result();
    return assertInstanceOf(Result.IdResult.class, result).id();
  }

  @Test
  void whatOneAcceptsAllHave() {
    ensemble.submit(TestEnsemble.bootstrap());
    assertEquals(1, id(ensemble.submit(new Command.AllocateId())));
    assertEquals(2, id(ensemble.submit(new Command.AllocateId())));
    ensemble.assertSameState();
    for (String member : ensemble.ids()) {
      assertEquals(3, ensemble.member(member).stateView().current().state().nextId());
      assertTrue(ensemble.member(member).stateView().mapAt(0).isPresent());
    }
  }

  /** Under load an entry costs the members far more than the commands in it. */
  @Test
  void commandsThatComeTogetherShareEntriesAndEachHearsItsOwnAnswer() throws Exception {
    long before = ensemble.submit(TestEnsemble.bootstrap()).index();
    RatisEnsemble leader = ensemble.member(ensemble.leader());
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      commands.add(
          i % 10 == 0
              ? new Command.AddShard("http://together:" + (i + 1), List.of())
              : new Command.AllocateId());
    }
    TreeSet<Long> ids = new TreeSet<>();
    TreeSet<Long> versions = new TreeSet<>();
    TreeSet<Long> entries = new TreeSet<>();
    for (Submission.Answered answer : ensemble.submitTogether(commands)) {
      Result result = assertInstanceOf(Outcome.Accepted.class, answer.outcome()).result();
      if (result instanceof Result.MapResult map) {
        assertTrue(versions.add(map.version()), answer::toString);
        assertTrue(leader.stateView().mapAt(map.version()).isPresent(), answer::toString);
      } else {
        assertTrue(ids.add(((Result.IdResult) result).id()), answer::toString);
      }
      entries.add(answer.index());
    }
    assertEquals(40, versions.size());
    assertEquals(360, ids.size());
    assertTrue(entries.first() > before);
    // Whenever the submitting thread is stopped for a moment, what is there by then goes.
    assertTrue(entries.size() <= 200, () -> "400 commands took entries " + entries);
    ensemble.assertSameState();
    assertEquals(401, changes());
    ensemble.ids().forEach(ensemble::kill);
    ensemble.startAll();
    ensemble.assertSameState();
    assertEquals(401, changes());
  }

  /** In the history, without the ensemble's own entries. */
  private long changes() {
    return ensemble
        .member(ensemble.leader())
        .stateView()
        .current()
        .state()
        .history()
        .entries()
        .stream()
        .filter(entry -> !entry.keyId().equals(Stamp.SYSTEM))
        .count();
  }

  @Test
  void aFollowerTakesNothingAndNamesTheLeader() {
    await()
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(
            () -> {
              String leader = ensemble.leader();
              RatisEnsemble follower = ensemble.member(ensemble.followers().get(0));
              assertEquals(
                  new Submission.NotLeader(Optional.of(leader)),
                  TestEnsemble.answer(follower, TestEnsemble.proposal(new Command.AllocateId())));
            });
  }

  @Test
  void aRefusalIsAnAnswer() {
    Submission.Answered answered = ensemble.submit(new Command.AllocateId());
    assertInstanceOf(Outcome.Rejected.class, answered.outcome());
    assertTrue(answered.index() >= 0);
    assertEquals(ensemble.report(ensemble.leader()).term(), answered.term());
  }

  /** Ratis would make the leader step down for an entry over 4 MB. */
  @Test
  void anOversizedCommandDeposesNobody() {
    ensemble.submit(TestEnsemble.bootstrap());
    // An election may come on a busy machine; a command that deposes its leader does so each time.
    await().atMost(TestEnsemble.PATIENCE).untilAsserted(this::anOversizedCommandIsRefused);
  }

  private void anOversizedCommandIsRefused() {
    RatisEnsemble leader = ensemble.member(ensemble.leader());
    long term = leader.report().term();
    Command huge = new Command.AddShard("http://h:1/" + "x".repeat(4 << 20), List.of());
    Submission.Unavailable refused =
        assertInstanceOf(
            Submission.Unavailable.class, TestEnsemble.answer(leader, TestEnsemble.proposal(huge)));
    assertTrue(refused.reason().contains("limit"), refused::reason);
    Command large = new Command.AddShard("http://h:1/" + "x".repeat(3 << 20), List.of());
    assertInstanceOf(
        Submission.Answered.class, TestEnsemble.answer(leader, TestEnsemble.proposal(large)));
    assertEquals(term, leader.report().term());
  }

  @Test
  void aKilledLeaderIsReplacedAndItsReturnChangesNothing() throws Exception {
    ensemble.submit(TestEnsemble.bootstrap());
    long before = id(ensemble.submit(new Command.AllocateId()));
    String old = ensemble.leader();
    ensemble.kill(old);
    long after = id(ensemble.submit(new Command.AllocateId()));
    assertTrue(after > before);
    assertNotEquals(old, ensemble.leader());
    ensemble.start(old);
    ensemble.assertSameState();
  }

  @Test
  void allStopAndComeBackWithEverything() throws Exception {
    ensemble.submit(TestEnsemble.bootstrap());
    long last = id(ensemble.submit(new Command.AllocateId()));
    ensemble.ids().forEach(ensemble::kill);
    ensemble.startAll();
    assertEquals(last + 1, id(ensemble.submit(new Command.AllocateId())));
    ensemble.assertSameState();
  }

  @Test
  void readsHoldEveryAcknowledgedChange() throws Exception {
    ensemble.submit(TestEnsemble.bootstrap());
    for (int i = 0; i < 20; i++) {
      Submission.Answered written = ensemble.submit(new Command.AllocateId());
      for (String id : ensemble.ids()) {
        AppliedState read = read(ensemble.member(id));
        assertTrue(read.index() >= written.index(), id + " read " + read.index());
      }
    }
  }

  /** The first that is answered: a member that knows no leader at the moment refuses. */
  private static AppliedState read(RatisEnsemble member) {
    return await()
        .atMost(TestEnsemble.PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(() -> member.reads().linearizable().get(5, TimeUnit.SECONDS), read -> true);
  }

  @Test
  void aWriterFindsItsWriteOnAFollower() throws Exception {
    ensemble.submit(TestEnsemble.bootstrap());
    Submission.Answered written = ensemble.submit(new Command.AllocateId());
    AppliedState there =
        ensemble
            .member(ensemble.followers().get(0))
            .stateView()
            .awaitIndex(written.index(), Duration.ofSeconds(5))
            .get(6, TimeUnit.SECONDS);
    assertTrue(there.index() >= written.index());
    assertThrows(
        ExecutionException.class,
        () ->
            ensemble
                .member(ensemble.leader())
                .stateView()
                .awaitIndex(written.index() + 1_000_000, Duration.ofMillis(50))
                .get(5, TimeUnit.SECONDS));
  }

  @Test
  void withoutAMajorityNothingIsAcknowledgedAndNothingCountsAsFresh() throws Exception {
    ensemble.submit(TestEnsemble.bootstrap());
    String lonely = ensemble.leader();
    RatisEnsemble leader = ensemble.member(lonely);
    await().atMost(TestEnsemble.PATIENCE).until(() -> leader.reads().staleness().isPresent());
    List<String> others = ensemble.ids().stream().filter(id -> !id.equals(lonely)).toList();
    Thread killer = new Thread(() -> others.parallelStream().forEach(ensemble::kill));
    killer.start();

    // One command is under way at any time, so the first that is not confirmed is in the log.
    Submission answer;
    long took;
    do {
      long begun = System.nanoTime();
      answer = TestEnsemble.answer(leader, TestEnsemble.proposal(new Command.AllocateId()));
      took = System.nanoTime() - begun;
    } while (answer instanceof Submission.Answered);
    killer.join();
    assertInstanceOf(Submission.Unknown.class, answer);
    assertTrue(took < TimeUnit.MILLISECONDS.toNanos(6000), "answered too late");
    // It has stepped down meanwhile, and says so at once.
    await()
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(
            () ->
                assertFalse(
                    TestEnsemble.answer(leader, TestEnsemble.proposal(new Command.AllocateId()))
                            instanceof Submission.Answered
                        || leader.leadership().current().leads()));
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class, () -> leader.reads().linearizable().get(5, TimeUnit.SECONDS));
    assertInstanceOf(ReadUnavailableException.class, thrown.getCause());
    Duration age = leader.reads().staleness().orElseThrow();
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> leader.reads().staleness().orElseThrow().compareTo(age.plusSeconds(1)) > 0);
    await().atMost(TestEnsemble.PATIENCE).until(() -> !leader.report().ready());
    assertEquals(List.of(), ensemble.failures(lonely), "to be alone is no failure");
  }

  @Test
  void everyNodeKnowsHowFreshItIs() {
    for (String id : ensemble.ids()) {
      await()
          .atMost(TestEnsemble.PATIENCE)
          .until(
              () ->
                  ensemble.member(id).reads().staleness().isPresent()
                      && ensemble.member(id).report().ready());
    }
  }

  @Test
  void aRepeatedKeyIsAnsweredFromTheStateAfterAFailover() throws Exception {
    ensemble.submit(TestEnsemble.bootstrap());
    Proposal keyed =
        new Proposal(
            new Stamp("test", "ops", System.currentTimeMillis()),
            Optional.of(new IdempotencyKey("once", "f")),
            OptionalLong.empty(),
            new Command.AllocateId());
    long first = id(ensemble.submit(keyed));
    ensemble.kill(ensemble.leader());
    Submission.Answered again = ensemble.submit(keyed);
    assertEquals(first, id(again));
    assertTrue(again.replayed());
  }

  @Test
  void theLeaderKnowsHowFarItsFollowersAre() {
    ensemble.submit(TestEnsemble.bootstrap());
    RatisEnsemble leader = ensemble.member(ensemble.leader());
    long commit = leader.leadership().current().commitIndex();
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(
            () ->
                leader.followers().size() == 2
                    && leader.followers().stream().allMatch(f -> f.matchIndex() >= commit));
    assertEquals(
        ensemble.followers(),
        leader.followers().stream().map(MemberProgress::id).sorted().toList());
    assertEquals(List.of(), ensemble.member(ensemble.followers().get(0)).followers());
  }

  @Test
  void ratisOwnMetricsAreNumbersWithPlainNames() {
    ensemble.submit(TestEnsemble.bootstrap());
    Map<String, Number> gauges = ensemble.member(ensemble.leader()).gauges();
    assertTrue(gauges.containsKey("leader_election.electionCount"), gauges::toString);
    assertTrue(gauges.containsKey("log_worker.syncTime.p99_seconds"), gauges::toString);
    assertTrue(gauges.get("state_machine.appliedIndex").longValue() > 0, gauges::toString);
    assertTrue(
        gauges.keySet().stream().anyMatch(name -> name.startsWith("log_appender.follower_")),
        gauges::toString);
  }
}
