// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.quiverdb.coordinator.cli.Typed.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Following events, across members. */
class EventsTest {
  private static final String FROM_812 = "GET /cluster/events?since=812";
  private static final String LIVE = "GET /cluster/events";

  @AutoClose private final StubMember first = new StubMember();
  @AutoClose private final StubMember second = new StubMember();

  private static String event(String id, String kind, String more) {
    return "id: %s\nevent: %s\ndata: {\"index\":%s,\"time\":\"2026-11-24T10:00:00Z\",\"kind\":\"%s\"%s}\n\n"
        .formatted(id, kind, Integer.parseInt(id), kind, more);
  }

  private static String change(String id) {
    return event(
        id,
        "change",
        ",\"term\":3,\"node\":\"c1\",\"key_id\":\"ops\",\"command\":\"allocate_id\",\"outcome\":\"accepted: id 4\"");
  }

  /** Sends these, and ends the stream as a member that dies does. */
  private static void sends(HttpExchange exchange, String... events) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(
          ("retry: 1000\n\n:\n\n" + String.join("", events)).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The only way to end a command that follows forever. */
  private static void refuses(StubMember member, String line) {
    member.problem(line, 401, "Unauthorized", "enough");
  }

  @Test
  void theNextMemberGoesOnBehindTheLastEvent() {
    first.on(FROM_812, exchange -> sends(exchange, change("0813"), change("00813")));
    second.on(
        LIVE,
        exchange ->
            sends(
                exchange,
                change("813"),
                event(
                    "813",
                    "standing",
                    ",\"node\":\"c2\",\"term\":4,\"leader\":\"c2\",\"alarms\":[]")));
    AtomicInteger again = new AtomicInteger();
    first.on(
        LIVE,
        exchange -> {
          again.incrementAndGet();
          StubMember.text(exchange, 401, "{\"title\":\"Unauthorized\",\"detail\":\"enough\"}");
        });
    Typed typed = new Shell().at(first, second).type("events", "--since", "812");
    assertEquals(1, typed.code());
    assertEquals(
        List.of(
            "     813  2026-11-24T10:00:00Z  change        c1  ops  allocate_id  accepted: id 4",
            "     813  2026-11-24T10:00:00Z  change        c1  ops  allocate_id  accepted: id 4",
            "     813  2026-11-24T10:00:00Z  change        c1  ops  allocate_id  accepted: id 4",
            "     813  2026-11-24T10:00:00Z  standing      c2 answers; c2 leads in term 4"),
        typed.lines());
    assertEquals("00813", second.asked().get(0).header("Last-event-id"));
    assertEquals(1, again.get(), typed.err());
    assertTrue(typed.err().contains(first.url() + " sends no more events"), typed.err());
  }

  @Test
  void onlyTheKindsThatAreWantedAsTheyCame() {
    String migration =
        event(
            "7",
            "migration",
            ",\"migration\":{\"id\":3,\"kind\":\"grow\",\"shard_id\":4,\"phase\":\"COPYING\",\"state\":\"running\"}");
    String end = event("7", "end", ",\"reason\":\"stopping\"");
    first.on(LIVE, exchange -> sends(exchange, change("07"), migration, end));
    refuses(second, LIVE);
    Typed json = new Shell().at(first, second).type("events", "--json", "--kind", "migration,gap");
    assertEquals(migration.replaceAll("(?s).*data: ", "").strip() + "\n", json.out());
    Typed text = new Shell().at(first, second).type("events", "--kind", "migration");
    assertEquals(
        "       7  2026-11-24T10:00:00Z  migration     migration 3 (grow of shard 4): COPYING, running\n",
        text.out());
    assertEquals(2, new Shell().at(first).type("events", "--kind", "changes").code());
  }

  @Test
  void aStreamThatTheMemberRenewsGoesOnThereWithoutAWord() {
    String standing = ",\"node\":\"c1\",\"term\":4,\"leader\":\"c1\",\"alarms\":[]";
    AtomicInteger asked = new AtomicInteger();
    first.on(
        LIVE,
        exchange -> {
          if (asked.incrementAndGet() == 1) {
            sends(
                exchange,
                event("7", "standing", standing),
                event("7", "end", ",\"reason\":\"renew\""));
          } else if (asked.get() == 2) {
            sends(
                exchange,
                event("8", "standing", standing),
                change("9"),
                event("9", "end", ",\"reason\":\"renew\""));
          } else {
            StubMember.text(exchange, 401, "{\"title\":\"Unauthorized\",\"detail\":\"enough\"}");
          }
        });
    refuses(second, LIVE);
    Typed typed = new Shell().at(first, second).type("events");
    assertEquals(
        List.of(
            "       7  2026-11-24T10:00:00Z  standing      c1 answers; c1 leads in term 4",
            "       9  2026-11-24T10:00:00Z  change        c1  ops  allocate_id  accepted: id 4"),
        typed.lines());
    assertEquals(3, asked.get());
    assertEquals("7", first.asked().get(1).header("Last-event-id"));
    assertEquals(List.of(), second.asked());
    assertFalse(typed.err().contains("sends no more"), typed.err());
  }

  @Test
  void alarmsAndLeadersAreReadable() {
    String alarm =
        "\"code\":\"left_dirty\",\"severity\":\"warning\",\"since\":\"2026-11-24T09:00:00Z\",\"detail\":\"a\\u001bb\"";
    first.on(
        LIVE,
        exchange ->
            sends(
                exchange,
                event(
                    "7",
                    "standing",
                    ",\"node\":\"c1\",\"leader\":null,\"alarms\":[{" + alarm + "}]"),
                event("7", "alarm_ended", "," + alarm),
                event("7", "leader", ",\"term\":4,\"leader\":\"c2\""),
                event("9", "gap", ",\"detail\":\"older events are not kept\"")));
    refuses(second, LIVE);
    List<String> lines =
        new Shell()
            .at(first, second).type("events").lines().stream()
                .map(line -> line.substring(30))
                .toList();
    assertEquals(
        List.of(
            "  standing      c1 answers; no member leads",
            "  standing      warning left_dirty: a?b",
            "  alarm_ended   warning left_dirty: a?b",
            "  leader        c2 leads in term 4",
            "  gap           older events are not kept"),
        lines);
  }
}
