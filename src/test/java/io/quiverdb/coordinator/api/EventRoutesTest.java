// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Phase;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The streams of a member, over HTTP. */
class EventRoutesTest extends MigrationOnFakeMembers {
  private static final String[] KEY = {"Authorization", "Bearer read"};
  private static final String[] LOGGED = {"change", "migration", "members"};

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<FollowedStream> followed = new ArrayList<>();

  @AfterEach
  void leave() {
    followed.forEach(FollowedStream::close);
  }

  private FollowedStream follow(int member, String path, String... more) {
    List<String> headers = new ArrayList<>(List.of(KEY));
    headers.addAll(List.of(more));
    FollowedStream stream =
        FollowedStream.of(
            client, members.http(member).resolve(path), headers.toArray(String[]::new));
    followed.add(stream);
    return stream;
  }

  private static void awaitIds(FollowedStream stream, String... ids) {
    await().untilAsserted(() -> assertEquals(List.of(ids), stream.ids(LOGGED)));
  }

  @Test
  void whatComesFromNowOnUnlessAPlaceIsNamed() {
    FollowedStream all = follow(0, "/cluster/events?since=0");
    FollowedStream live = follow(1, "/cluster/events");
    await().until(() -> !live.ids("standing").isEmpty());
    grow(Phase.JOINING);
    awaitIds(all, "01", "1", "02", "2");
    awaitIds(live, "01", "1", "02", "2");
    members.log.log(new Command.AllocateId());
    awaitIds(live, "01", "1", "02", "2", "3");
    assertEquals(200, live.response().statusCode());
    assertEquals(List.of("text/event-stream"), live.response().headers().allValues("Content-Type"));
    assertEquals(List.of("no-store"), live.response().headers().allValues("Cache-Control"));
    assertEquals("c2", live.response().headers().firstValue("X-Quiver-Node").orElse(""));
    FollowedStream.Event last = live.events().get(live.events().size() - 1);
    assertTrue(
        last.data().startsWith("{\"index\":3,\"time\":\"")
            && last.data().contains("\"kind\":\"change\",\"term\":1,\"node\":\"c1\",")
            && last.data().contains("\"command\":\"allocate_id\",\"outcome\":\"accepted: id 3\"}"),
        last.data());
  }

  @Test
  void theNextMemberGoesOnWhereTheFirstOneWasCutOff() {
    FollowedStream first = follow(0, "/cluster/events?since=0");
    grow(Phase.JOINING);
    awaitIds(first, "01", "1", "02", "2");
    first.close();
    members.log.elect("c2");
    members.log.log(new Command.AllocateId());
    // The header overrides the query: a browser repeats the query of its first request.
    FollowedStream second = follow(1, "/cluster/events?since=0", "Last-Event-ID", "02");
    awaitIds(second, "2", "3");
    await().until(() -> second.ids("standing").equals(List.of("3")));
  }

  @Test
  void theSixtyFifthClientIsAskedToGoElsewhere() {
    for (int i = 0; i < 64; i++) {
      assertEquals(
          200,
          follow(0, i % 2 == 0 ? "/cluster/events" : "/cluster/map/watch").response().statusCode());
    }
    Answer refused = members.leader("GET /cluster/events").wants(503);
    assertEquals("1", refused.header("Retry-After"));
    assertTrue(refused.text().contains("64 clients follow this member already"), refused.text());
    members.leader("GET /cluster/map/watch").wants(503);
    assertEquals("", members.leader("HEAD /cluster/events").wants(200).text());
    members.follower("HEAD /cluster/events").wants(200);
    followed.get(0).close();
    members.log.log(new Command.AllocateId());
    members.log.log(new Command.AllocateId());
    await()
        .untilAsserted(
            () -> {
              members.log.log(new Command.AllocateId());
              assertEquals(200, follow(0, "/cluster/events").response().statusCode());
            });
  }

  @ParameterizedTest
  @CsvSource({
    "/cluster/events?since=x, 400",
    "/cluster/events?from=1, 400",
    "/cluster/events?since=1&since=2, 400",
    "/cluster/map/watch?since=1, 400",
  })
  void whatCannotBeReadIsRefused(String path, int status) {
    members.leader("GET " + path).wants(status);
  }

  @Test
  void aKeyIsNeededAndAnyWillDo() {
    for (String path : new String[] {"/cluster/events", "/cluster/map/watch"}) {
      members.leader("GET " + path).key("").wants(401);
      members.leader("GET " + path).key("wrong").wants(401);
      members.leader("POST " + path).wants(405);
    }
    members.leader("GET /cluster/events").header("Last-Event-ID", "x").wants(400);
  }

  @Test
  void theMapAndEachThatFollowsIt() {
    FollowedStream stream = follow(1, "/cluster/map/watch");
    await().until(() -> stream.events().size() == 1);
    members.log.log(new Command.AddShard("http://127.0.0.1:3", List.of()));
    await().until(() -> stream.events().size() == 2);
    String map = members.follower("GET /cluster/map").wants(200).text();
    assertEquals(new FollowedStream.Event("1", "message", map), stream.events().get(1));
    FollowedStream known = follow(1, "/cluster/map/watch", "Last-Event-ID", "1");
    members.log.log(new Command.AddShard("http://127.0.0.1:4", List.of()));
    await().untilAsserted(() -> assertEquals(List.of("2"), known.ids("message")));
  }

  @Test
  void aReplacedKeyEndsTheStreamsThatItOpened() {
    FollowedStream events = follow(1, "/cluster/events");
    FollowedStream maps = follow(1, "/cluster/map/watch");
    await().until(() -> !events.ids("standing").isEmpty() && !maps.events().isEmpty());
    members.keys(1).renew("eyes", "another");
    await().until(() -> events.over() && maps.over());
    endedWith(events, "key");
    endedWith(maps, "key");
  }

  private static void endedWith(FollowedStream stream, String reason) {
    FollowedStream.Event last = stream.events().get(stream.events().size() - 1);
    assertEquals("end", last.kind());
    assertTrue(last.data().contains("\"reason\":\"" + reason + "\""), last.data());
  }

  @Test
  void aMemberThatStopsEndsItsStreams() {
    FollowedStream events = follow(1, "/cluster/events");
    FollowedStream maps = follow(1, "/cluster/map/watch");
    await().until(() -> !events.ids("standing").isEmpty() && !maps.events().isEmpty());
    members.stopFollower();
    await().until(() -> events.over() && maps.over());
    endedWith(events, "stopping");
    endedWith(maps, "stopping");
  }
}
