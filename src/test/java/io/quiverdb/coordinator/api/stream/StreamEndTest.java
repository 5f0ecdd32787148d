// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.request.MapResponseCache;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.History;
import io.quiverdb.coordinator.model.Unsigned;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When this member ends a stream, and the work that it avoids for a client without room. */
class StreamEndTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-23T10:00:00Z"), ZoneOffset.UTC);

  private final VirtualTurn turn = new VirtualTurn();
  private final StateLog log = StateLog.begun();
  private final AtomicInteger rendered = new AtomicInteger();
  private final EventFeed events =
      new EventFeed(
          "c1",
          CLOCK,
          (state, place) -> {
            rendered.incrementAndGet();
            return LoggedEvents.after(state, place);
          });
  private final MapFeed maps = new MapFeed(new MapResponseCache(), () -> true, CLOCK);
  private final FakeSink sink = new FakeSink();

  private void follow(String place, AppliedState applied) {
    StreamClient client = new StreamClient(sink, turn, 0, place, () -> {});
    events.join(client, EventId.parse(place).orElseThrow(), applied);
    turn.run();
  }

  private String followMaps() {
    maps.join(new StreamClient(sink, turn, 0, "", () -> {}), "", log.newest());
    turn.run();
    return Unsigned.text(log.newest().state().map().version());
  }

  private void second(Feed feed) {
    turn.pass(Duration.ofSeconds(1));
    feed.tick();
    turn.run();
  }

  private void endsWith(Feed feed, String id, String reason) {
    assertTrue(sink.ended());
    assertEquals(id, sink.ids("end").get(0));
    assertTrue(sink.text().contains("\"reason\":\"" + reason + "\""), sink.text());
    assertEquals(0, feed.clients());
  }

  @Test
  void aKeyThatIsNotKnownAnyLongerEndsItsStreams() {
    follow("11", log.newest());
    second(events);
    second(events);
    assertFalse(sink.ended());
    sink.withdrawKey();
    second(events);
    second(events);
    endsWith(events, "11", "key");
  }

  @Test
  void aKeyThatIsNotKnownAnyLongerEndsTheStreamOfMaps() {
    String version = followMaps();
    sink.withdrawKey();
    second(maps);
    second(maps);
    endsWith(maps, version, "key");
  }

  @Test
  void whatWaitsIsNotSentToAClientWhoseKeyIsGone() {
    sink.stall();
    follow("11", log.newest());
    events.applied(log.entry(new Command.AllocateId()));
    sink.withdrawKey();
    second(events);
    second(events);
    sink.answer(true);
    turn.run();
    assertEquals(0, sink.ids("change").size());
    endsWith(events, "11", "key");
  }

  @Test
  void aStreamThatIsOldEndsAndItsClientGoesOnBehindTheLastEvent() {
    follow("11", log.newest());
    events.applied(log.entry(new Command.AllocateId()));
    for (int i = 1; i < StreamClient.MAX_AGE.toSeconds(); i++) {
      second(events);
    }
    assertFalse(sink.ended());
    second(events);
    endsWith(events, "12", "renew");
  }

  @Test
  void aStreamOfMapsThatIsOldEnds() {
    String version = followMaps();
    for (int i = 0; i < StreamClient.MAX_AGE.toSeconds(); i++) {
      second(maps);
    }
    endsWith(maps, version, "renew");
  }

  @Test
  void streamsThatBeganTogetherEndApart() {
    Set<Long> ends = new TreeSet<>();
    for (int number = 0; number < Streams.MAX_CLIENTS; number++) {
      VirtualTurn own = new VirtualTurn();
      StreamClient client = new StreamClient(new FakeSink(), own, number, "11", () -> {});
      long seconds = 0;
      while (client.due().isEmpty()) {
        own.pass(Duration.ofSeconds(1));
        seconds++;
      }
      assertTrue(seconds >= 240 && seconds <= 300, number + " after " + seconds);
      ends.add(seconds);
    }
    assertEquals(61, ends.size());
  }

  @Test
  void nothingIsRenderedForAClientWithoutRoom() {
    sink.stall();
    follow("11", log.newest());
    int entries = History.CAPACITY - 1;
    for (int i = 0; i < entries; i++) {
      events.applied(log.entry(new Command.AddShard("no url " + "x".repeat(400), List.of())));
    }
    int fitted = rendered.get();
    assertTrue(fitted < entries - 10, "rendered " + fitted + " times");
    sink.answer(true);
    turn.run();
    assertEquals(entries, sink.ids("change").size());
  }

  @Test
  void behindTheHighestIndexThereIsNothing() {
    assertEquals(Long.MAX_VALUE, EventId.behind(Long.MAX_VALUE).next());
    follow("9223372036854775807", log.newest());
    assertEquals(0, sink.frames().size());
    events.end();
    turn.run();
    endsWith(events, "9223372036854775807", "stopping");
  }

  @Test
  void aMemberThatHasAppliedNothingNamesAPlaceThatCanBeAskedFor() {
    StreamClient client = new StreamClient(sink, turn, 0, "5", () -> {});
    events.join(client, EventId.behind(5), new AppliedState(ClusterState.INITIAL, -1, 0));
    events.endsAt(client, -1);
    turn.run();
    assertEquals("0", sink.ids("gap").get(0));
    events.end();
    turn.run();
    endsWith(events, "0", "stopping");
  }
}
