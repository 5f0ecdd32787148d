// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.Walk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which polls are held, and until when. */
class HeldPollsTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final FakeLog log = new FakeLog();
  private final AtomicInteger told = new AtomicInteger();

  @BeforeEach
  void warm() {
    log.log(
        new Command.Bootstrap(
            "c0ffee",
            "f",
            new ShardMap(1, List.of(new Shard(0, "http://s0:1", List.of())), List.of(), List.of()),
            1,
            List.of("http://r0:1")));
    log.log(new Command.StartMigration(Walk.grow("http://n:1"), 0, log.term()));
    log.advance(Phase.JOINING, Phase.ADOPTING, Phase.COPYING, Phase.VERIFYING, Phase.WARMING);
  }

  private void gate() {
    log.log(new Command.GateMigration(log.active().id(), Phase.WARMING, log.term()));
  }

  private HeldPolls polls(int most, Duration limit) {
    return new HeldPolls(log.view(), new HeldPolls.Bounds(most, limit), told::incrementAndGet);
  }

  @Test
  void withoutAGateNoneIsHeld() {
    HeldPolls polls = polls(10, LONG);
    assertTrue(polls.hold().isDone());
    gate();
    log.advance(Phase.PROMOTED);
    assertTrue(polls.hold().isDone(), "the flip is applied");
    assertEquals(0, told.get());
  }

  @Test
  void theFlipLetsAllGo() {
    HeldPolls polls = polls(10, LONG);
    gate();
    List<Long> versions = new ArrayList<>();
    List<CompletableFuture<Void>> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(polls.hold().thenRun(() -> versions.add(log.state().map().version())));
    }
    assertEquals(3, polls.held());
    assertEquals(List.of(), versions);
    log.advance(Phase.PROMOTED);
    CompletableFuture.allOf(held.toArray(CompletableFuture[]::new)).join();
    assertEquals(List.of(3L, 3L, 3L), versions, "each reads the map of that moment");
    assertEquals(0, polls.held());
    assertEquals(3, told.get());
  }

  @Test
  void aPauseLetsAllGoWithTheOldMap() {
    HeldPolls polls = polls(10, LONG);
    gate();
    CompletableFuture<Void> held = polls.hold();
    assertFalse(held.isDone());
    log.log(new Command.PauseMigration(log.active().id()));
    held.join();
    assertTrue(polls.hold().isDone(), "nor are later ones held");
  }

  @Test
  void theNextGateIsNoReasonToHoldThoseOfTheOneBefore() {
    HeldPolls polls = polls(10, LONG);
    gate();
    CompletableFuture<Void> first = polls.hold();
    gate();
    first.join();
    CompletableFuture<Void> second = polls.hold();
    assertNotSame(HeldPolls.FREE, second);
    assertFalse(second.isDone());
  }

  @Test
  void afterTheLimitNoneIsHeldAnyMore() {
    HeldPolls polls = polls(10, Duration.ofMillis(100));
    gate();
    polls.hold().join();
    assertEquals(Phase.WARMING, log.active().phase());
    assertTrue(polls.hold().isDone(), "the limit counts from the gate on, not from each poll");
    await().until(() -> polls.held() == 0);
  }

  @Test
  void moreThanTheBoundAreAnsweredAtOnce() {
    HeldPolls polls = polls(2, LONG);
    gate();
    CompletableFuture<Void> one = polls.hold();
    CompletableFuture<Void> two = polls.hold();
    assertTrue(polls.hold().isDone());
    log.advance(Phase.VERIFYING);
    CompletableFuture.allOf(one, two).join();
    assertEquals(0, polls.held());
    log.advance(Phase.WARMING);
    gate();
    assertFalse(polls.hold().isDone(), "there is room again");
  }

  @Test
  void aMemberThatStartsWithAGateHoldsToo() {
    gate();
    assertFalse(polls(10, LONG).hold().isDone());
  }

  @Test
  void closingLetsAllGoAtOnceAndForGood() {
    HeldPolls polls = polls(10, LONG);
    gate();
    CompletableFuture<Void> held = polls.hold();
    polls.close();
    assertTrue(held.isDone());
    assertTrue(polls.hold().isDone());
    gate();
    assertTrue(polls.hold().isDone());
  }
}
