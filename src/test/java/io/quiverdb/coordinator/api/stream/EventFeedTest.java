// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.api.request.RaisedAlarm;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.Leadership.View;
import io.quiverdb.coordinator.model.History;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The events that clients get: from which position, up to which one, and when the stream ends. */
class EventFeedTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-23T10:00:00Z"), ZoneOffset.UTC);
  private static final String[] LOGGED = {"change", "migration", "members"};

  private final VirtualTurn turn = new VirtualTurn();
  private final EventFeed feed = new EventFeed("c1", CLOCK);
  private final AtomicInteger gone = new AtomicInteger();

  private StreamClient join(EventFeed member, FakeSink sink, String place, AppliedState applied) {
    StreamClient client = new StreamClient(sink, turn, 0, place, gone::incrementAndGet);
    member.join(client, EventId.parse(place).orElseThrow(), applied);
    turn.run();
    return client;
  }

  private FakeSink join(String place, AppliedState applied) {
    FakeSink sink = new FakeSink();
    join(feed, sink, place, applied);
    return sink;
  }

  private static List<String> all(StateLog log) {
    return LoggedEvents.after(log.newest().state(), EventId.behind(0)).stream()
        .map(event -> event.id().text())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whereverAClientIsCutOffItGoesOnAtAnyMemberWithoutAGapOrADouble(long seed) {
    StateLog log = StateLog.random(seed, 300);
    Random random = new Random(seed);
    List<AppliedState> states = log.states();
    List<String> got = new ArrayList<>();
    String place = "0";
    while (got.size() < all(log).size()) {
      // Each member is at another place in the log, before or after the previous one.
      int applied = random.nextInt(states.size());
      int until = Math.min(states.size(), applied + 1 + random.nextInt(60));
      EventFeed member = new EventFeed("c" + random.nextInt(3), CLOCK);
      FakeSink sink = new FakeSink();
      join(member, sink, place, states.get(applied));
      for (AppliedState next : states.subList(applied, until)) {
        member.applied(next);
        turn.run();
      }
      List<String> sent = sink.ids(LOGGED);
      List<String> arrived = sent.subList(0, random.nextInt(sent.size() + 1));
      got.addAll(arrived);
      place = arrived.isEmpty() ? place : arrived.get(arrived.size() - 1);
    }
    assertEquals(all(log), got);
  }

  @Test
  void aMemberThatIsBehindWaitsUntilItHasCaughtUp() {
    StateLog log = StateLog.begun();
    AppliedState old = log.newest();
    AppliedState known = log.entry(new Command.AllocateId());
    AppliedState next = log.entry(new Command.AllocateId());
    FakeSink sink = join(Long.toString(known.index()), old);
    feed.applied(known);
    assertEquals(List.of(), sink.frames());
    feed.applied(next);
    turn.run();
    assertEquals(List.of(Long.toString(next.index())), sink.ids("change"));
  }

  @Test
  void anotherLogIsNotWaitedFor() {
    StateLog log = StateLog.begun();
    FakeSink sink = new FakeSink();
    StreamClient client = join(feed, sink, "900", log.newest());
    feed.endsAt(client, log.newest().index());
    turn.run();
    assertEquals(List.of("11"), sink.ids("gap"));
    assertTrue(sink.text().contains("\"since\":\"900\",\"continues_after\":11"), sink.text());
    feed.applied(log.entry(new Command.AllocateId()));
    turn.run();
    assertEquals(List.of("12"), sink.ids("change"));
  }

  @Test
  void whoAsksForWhatIsNotKeptIsTold() {
    StateLog log = StateLog.begun();
    for (int i = 0; i < History.CAPACITY; i++) {
      log.entry(new Command.AllocateId());
    }
    FakeSink sink = join("3", log.newest());
    assertEquals(List.of("12"), sink.ids("gap"));
    assertEquals("gap", FakeSink.kind(sink.frames().get(0)));
    assertEquals("13", sink.ids("change").get(0));
    assertEquals(List.of(), join("12", log.newest()).ids("gap"));
  }

  @Test
  void aHeartbeatComesWheneverNothingElseDoes() {
    StateLog log = StateLog.begun();
    FakeSink sink = join("11", log.newest());
    assertEquals("retry: 1000\n\n", sink.text());
    for (int second = 1; second <= 60; second++) {
      turn.pass(Duration.ofSeconds(1));
      feed.tick();
      turn.run();
    }
    assertEquals("retry: 1000\n\n" + ":\n\n".repeat(6), sink.text());
    turn.pass(Duration.ofSeconds(9));
    feed.applied(log.entry(new Command.AllocateId()));
    turn.run();
    turn.pass(Duration.ofSeconds(9));
    feed.tick();
    turn.run();
    assertTrue(sink.text().endsWith("}\n\n"), "an event is as good as a heartbeat");
  }

  private void log(StateLog log, int entries) {
    for (int i = 0; i < entries; i++) {
      feed.applied(log.entry(new Command.AddShard("no url " + "x".repeat(400), List.of())));
      turn.run();
    }
  }

  @Test
  void aClientThatTakesItsTimeHoldsUpNobodyAndMissesNothing() {
    StateLog log = StateLog.begun();
    FakeSink slow = new FakeSink().stall();
    join(feed, slow, "11", log.newest());
    FakeSink other = join("11", log.newest());
    log(log, History.CAPACITY - 1);
    assertEquals(History.CAPACITY - 1, other.ids("change").size());
    assertEquals("retry: 1000\n\n", slow.text(), "nothing more than it takes");
    slow.answer(true);
    turn.run();
    assertEquals(other.ids("change"), slow.ids("change"));
    assertEquals(other.ids("change"), join("11", log.newest()).ids("change"));
  }

  @Test
  void aClientThatFallsBehindWhatIsKeptIsSentItsEnd() {
    StateLog log = StateLog.begun();
    FakeSink slow = new FakeSink().stall();
    StreamClient client = join(feed, slow, "11", log.newest());
    log(log, 2 * History.CAPACITY);
    slow.answer(true);
    turn.run();
    assertEquals(List.of("11"), slow.ids("end"), "it got nothing, so that is where it was");
    assertEquals(List.of(), slow.ids("change"));
    assertTrue(slow.text().contains("\"reason\":\"slow\""), slow.text());
    assertTrue(slow.ended());
    assertTrue(client.closed());
    assertEquals(1, gone.get());
  }

  @Test
  void aClientThatTakesNothingIsCutOff() {
    FakeSink dead = new FakeSink().stall();
    join(feed, dead, "11", StateLog.begun().newest());
    for (int second = 1; second <= 19; second++) {
      turn.pass(Duration.ofSeconds(1));
      feed.tick();
      turn.run();
      assertFalse(dead.wasCut());
    }
    turn.pass(Duration.ofSeconds(1));
    feed.tick();
    turn.run();
    assertTrue(dead.wasCut());
    assertEquals(0, feed.clients());
    assertEquals(1, gone.get());
  }

  @Test
  void aClientThatHasGoneIsForgotten() {
    FakeSink sink = new FakeSink().stall();
    join(feed, sink, "11", StateLog.begun().newest());
    assertEquals(1, feed.clients());
    sink.answer(false);
    turn.run();
    assertEquals(0, feed.clients());
    assertEquals(1, gone.get());
  }

  private static RaisedAlarm alarm(String code, String about, String detail) {
    return new RaisedAlarm(new Alarm(code, "warning", about, detail), 1_764_000_000_000L);
  }

  private static View leads(String leader, long term) {
    return new View(
        Role.FOLLOWER, false, term, Optional.ofNullable(leader).filter(l -> !l.isEmpty()), 1);
  }

  private static List<String> kinds(FakeSink sink) {
    return sink.frames().stream().map(FakeSink::kind).toList();
  }

  @Test
  void whatHoldsIsToldFirstAndThenWhatChanges() {
    StateLog log = StateLog.begun();
    feed.leads(leads("c1", 1));
    FakeSink sink = join("11", log.newest());
    feed.leads(leads("c2", 2));
    feed.alarms(List.of(alarm("left_dirty", "s1", "x")));
    turn.run();
    assertEquals(List.of("standing"), kinds(sink));
    assertTrue(
        sink.frames()
            .get(0)
            .endsWith(
                "\"node\":\"c1\",\"term\":2,\"leader\":\"c2\",\"alarms\":[{\"code\":\"left_dirty\","
                    + "\"severity\":\"warning\",\"since\":\"2025-11-24T16:00:00Z\",\"detail\":\"x\"}]}"),
        sink.text());
    feed.alarms(List.of(alarm("left_dirty", "s1", "y")));
    feed.alarms(List.of(alarm("left_dirty", "s1", "y"), alarm("left_dirty", "s2", "z")));
    feed.alarms(List.of(alarm("left_dirty", "s2", "z")));
    feed.leads(leads("c2", 2));
    feed.leads(leads("", 2));
    feed.leads(leads("", 3));
    feed.leads(leads("c1", 4));
    turn.run();
    assertEquals(
        List.of("standing", "alarm_raised", "alarm_ended", "leader", "leader"), kinds(sink));
    assertTrue(sink.frames().get(2).contains("\"detail\":\"y\""), sink.text());
    assertTrue(sink.frames().get(3).endsWith("\"term\":2,\"leader\":null}"), sink.text());
    assertTrue(sink.frames().get(4).endsWith("\"term\":4,\"leader\":\"c1\"}"), sink.text());
  }

  @Test
  void whatAMemberSeesByItselfMovesNoClientInTheLog() {
    StateLog log = StateLog.begun();
    AppliedState behind = log.newest();
    AppliedState pair = log.entry(new Command.AllocateId(), new Command.AllocateId());
    FakeSink ahead = join("012", behind);
    FakeSink abreast = join("11", behind);
    feed.alarms(List.of());
    feed.leads(leads("c2", 2));
    turn.run();
    assertEquals(List.of("012", "012"), ahead.ids("standing", "leader"));
    assertEquals(List.of("11", "11"), abreast.ids("standing", "leader"));
    feed.applied(pair);
    feed.leads(leads("c3", 3));
    turn.run();
    assertEquals(List.of("012", "012", "12", "12"), ahead.ids("standing", "change", "leader"));
    assertEquals(List.of("012", "12"), abreast.ids("change"));
  }

  @Test
  void aMemberThatStopsSaysSo() {
    FakeSink sink = join("11", StateLog.begun().newest());
    feed.end();
    feed.end();
    turn.run();
    assertEquals(List.of("end"), kinds(sink));
    assertTrue(sink.text().contains("\"reason\":\"stopping\""), sink.text());
    assertTrue(sink.ended());
    assertEquals(0, feed.clients());
  }
}
