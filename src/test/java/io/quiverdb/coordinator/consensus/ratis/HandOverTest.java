// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Submission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transfers of the leadership: by an order, and when a leader ends. */
@Timeout(90)
@Tag("realtime")
class HandOverTest {
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

  @Test
  void leadershipIsHandedOverAndWatchersHear() {
    String target = ensemble.followers().get(1);
    List<Leadership.View> heard = new CopyOnWriteArrayList<>();
    var subscription = ensemble.member(target).leadership().subscribe(heard::add);
    // On a busy machine another one may win the election; the next leader is asked again.
    String successor =
        await()
            .atMost(TestEnsemble.PATIENCE)
            .ignoreExceptionsInstanceOf(ExecutionException.class)
            .until(() -> handOver(ensemble.leader(), target), target::equals);
    assertEquals(target, successor);
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> heard.stream().anyMatch(Leadership.View::leads));
    subscription.close();
  }

  private String handOver(String leader, String target) throws Exception {
    return ensemble
        .member(leader)
        .leadership()
        .transfer(Optional.of(target), Duration.ofSeconds(2))
        .get(5, TimeUnit.SECONDS);
  }

  @Test
  void aHandOverThatCannotBeSaysWhy() {
    await()
        .atMost(TestEnsemble.PATIENCE)
        .untilAsserted(
            () -> {
              Throwable toNobody = notHandedOver(ensemble.leader(), Optional.of("nobody"));
              assertTrue(toNobody.getMessage().contains("nobody"), toNobody::toString);
              String follower = ensemble.followers().get(0);
              Throwable notMine = notHandedOver(follower, Optional.empty());
              assertTrue(notMine.getMessage().contains("does not lead"), notMine::toString);
            });
  }

  private Throwable notHandedOver(String by, Optional<String> to) {
    CompletableFuture<String> over =
        ensemble.member(by).leadership().transfer(to, Duration.ofSeconds(1));
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> over.get(5, TimeUnit.SECONDS));
    return assertInstanceOf(Leadership.TransferFailedException.class, thrown.getCause());
  }

  @Test
  void aGracefulEndIsFasterThanACrash() throws Exception {
    ensemble.close();
    // Longer than closing a member takes, on a machine that has much else to do.
    Duration election = Duration.ofSeconds(4);
    ensemble =
        new TestEnsemble(dir.resolve("slow"), 3)
            .timing(new RatisSettings.Timing(election, election.plusSeconds(1)))
            .startAll();
    ensemble.submit(TestEnsemble.bootstrap());
    String leader = ensemble.leader();
    long begun = System.nanoTime();
    ensemble.stop(leader);
    ensemble.submit(new Command.AllocateId());
    long graceful = System.nanoTime() - begun;
    assertTrue(
        graceful < election.toNanos(), "an election was needed: " + graceful / 1_000_000 + " ms");
    assertEquals(
        new Submission.Unavailable("this member is shutting down"),
        TestEnsemble.answer(closedMember(), TestEnsemble.proposal(new Command.AllocateId())));
  }

  private RatisEnsemble closedMember() {
    String follower = ensemble.followers().get(0);
    RatisEnsemble member = ensemble.member(follower);
    ensemble.stop(follower);
    return member;
  }
}
