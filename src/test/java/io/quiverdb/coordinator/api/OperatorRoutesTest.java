// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.consensus.Membership;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routers, history, backup and restore, members and probes: what operators and their tools ask. */
class OperatorRoutesTest extends OnFakeMembers {
  private void add(String url) {
    members.leader("POST /cluster/shards").json("{\"primary_url\":\"" + url + "\"}").wants(200);
  }

  private List<String> routers() {
    return members
        .follower("GET /cluster/routers")
        .key("read")
        .wants(200)
        .json()
        .path("routers")
        .findValuesAsText("url");
  }

  @Test
  void aRouterIsRegisteredOnceAndIsGoneWhenRemoved() {
    Answer answer =
        members.follower("POST /cluster/routers").json("{\"url\":\"http://r:1\"}").wants(200);
    JsonNode row = answer.json().path("routers").path(0);
    assertEquals("http://r:1", row.path("url").asText());
    assertTrue(row.path("map_version").isNull(), "it was not asked yet");
    assertEquals(List.of("http://r:1"), routers());

    members.leader("POST /cluster/routers").json("{\"url\":\"HTTP://R:1/\"}").send();
    assertEquals(List.of("http://r:1"), routers(), "the same router in another spelling");

    members.follower("DELETE /cluster/routers?url=http://r:1").wants(200);
    assertEquals(List.of(), routers());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST   | {\"url\":\"ftp://r:1\"} | 400 | url",
        "POST   | {\"url\":7}             | 422 | url",
        "POST   | {}                      | 422 | url",
        "POST   | {                       | 400 | JSON",
      })
  void aRouterThatIsNoneIsNamed(String method, String body, int status, String named) {
    Answer answer = members.leader(method + " /cluster/routers").json(body).wants(status);
    assertTrue(answer.json().path("detail").asText().contains(named), answer.text());
    assertEquals(List.of(), routers());
  }

  @Test
  void anUnknownRouterCannotBeRemoved() {
    members.leader("DELETE /cluster/routers?url=http://nobody:1").wants(404);
    members.leader("DELETE /cluster/routers").wants(400);
  }

  @Test
  void historyTellsWhoDidWhatAndGoesOnAfterAnIndex() {
    add("http://s:1");
    members.leader("POST /cluster/ids").wants(200);
    JsonNode all =
        members.follower("GET /cluster/history").key("read").wants(200).json().path("history");
    JsonNode last = all.path(all.size() - 1);
    assertEquals("ops", last.path("key_id").asText());
    assertEquals("c1", last.path("node").asText());
    assertEquals("2026-11-23T10:00:00Z", last.path("time").asText());
    assertTrue(
        !last.path("command").asText().isEmpty() && !last.path("outcome").asText().isEmpty());
    assertTrue(!all.toString().contains("admin\""), "a key's secret is never shown");

    long index = all.path(all.size() - 2).path("index").asLong();
    JsonNode later =
        members.leader("GET /cluster/history?since=" + index).wants(200).json().path("history");
    assertEquals(1, later.size());
    assertEquals(last, later.path(0));
    for (String end : List.of(last.path("index").asText(), "18446744073709551615")) {
      JsonNode none =
          members.leader("GET /cluster/history?since=" + end).wants(200).json().path("history");
      assertEquals(0, none.size(), end);
    }
  }

  @Test
  void historyShowsNoPasswordThatWasTypedIntoAUrl() {
    String url = "http://ops:hush@s:1/?token=hush";
    members.leader("POST /cluster/shards").json("{\"primary_url\":\"" + url + "\"}").wants(400);
    members.leader("POST /cluster/routers").json("{\"url\":\"" + url + "\"}").wants(400);
    String history = members.follower("GET /cluster/history").key("read").wants(200).text();
    assertFalse(history.contains("hush"), history);
    assertTrue(history.contains("\"add_shard http://...@s:1/?...\""), history);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "18446744073709551616"})
  void historySinceWhatIsNoIndexIsRefused(String since) {
    Answer answer = members.leader("GET /cluster/history?since=" + since).wants(400);
    assertTrue(answer.json().path("detail").asText().contains("since"), answer.text());
  }

  @Test
  void aBackupBringsTheMapBackAboveEveryVersionSeen() {
    add("http://s:1");
    String backup = members.follower("GET /cluster/backup").wants(200).text();
    String before = members.leader("GET /cluster/map").wants(200).text();
    members.leader("DELETE /cluster/shards/2").wants(200);

    JsonNode restored = members.follower("POST /cluster/restore").json(backup).wants(200).json();
    assertEquals(3, restored.path("version").asLong(), "1 was saved, 2 was seen");
    assertEquals(before.replace("\"version\":1", "\"version\":3"), restored.toString());
    assertEquals(3, members.leader("POST /cluster/ids").wants(200).json().path("id").asLong());

    JsonNode raised =
        members
            .leader("POST /cluster/restore?min_version=40&min_next_id=70")
            .json(backup)
            .wants(200)
            .json();
    assertEquals(41, raised.path("version").asLong());
    assertTrue(members.leader("POST /cluster/ids").wants(200).json().path("id").asLong() >= 70);
  }

  @Test
  void aBackupThatWasTouchedIsRefusedAndNothingChanges() {
    String backup = members.leader("GET /cluster/backup").wants(200).text();
    String map = members.leader("GET /cluster/map").wants(200).text();
    String touched = backup.replace("127.0.0.1:2", "127.0.0.1:3");
    assertNotEquals(backup, touched);
    Answer answer = members.leader("POST /cluster/restore").json(touched).wants(422);
    assertTrue(answer.json().path("detail").asText().contains("checksum"), answer.text());
    members.leader("POST /cluster/restore").json("{}").wants(422);
    members.leader("POST /cluster/restore").json(backup.substring(1)).wants(400);
    members.leader("POST /cluster/restore?min_version=many").json(backup).wants(400);
    assertEquals(map, members.leader("GET /cluster/map").wants(200).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /cluster/backup", "POST /cluster/restore", "GET /internal/snapshot"})
  void whatHoldsEverythingIsForAdminsAlone(String line) {
    members.follower(line).key("read").json("{}").wants(403);
    members.follower(line).key("write").json("{}").wants(403);
    members.follower(line).key("").json("{}").wants(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /cluster/history",
        "GET /cluster/members",
        "GET /cluster/migrations/active",
        "GET /cluster/spills/1-1.jsonl",
        "GET /cluster/nowhere",
        "HEAD /cluster/status",
        "POST /cluster/leader/transfer",
        "POST /cluster/migrations/1/pause",
        "POST /cluster/shards/0/promote",
        "POST /internal/bootstrap",
        "DELETE /cluster/routers"
      })
  void nobodyIsLetInWithoutAKey(String line) {
    members.follower(line).key("").wants(401);
    members.follower(line).key("unknown").wants(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST /cluster/leader/transfer", "POST /internal/bootstrap"})
  void whatIsNoChangeOfTheMapIsForAdminsAsWell(String line) {
    members.leader(line).key("read").json("nonsense").wants(403);
  }

  @Test
  void theMemberThatDoesNotAnswerIsShownAsNotHealthy() {
    for (String line : List.of("GET /cluster/members", "GET /cluster/status")) {
      JsonNode table = members.leader(line).key("read").wants(200).json().path("members");
      assertEquals(List.of("c1", "c2"), table.findValuesAsText("id"));
      assertEquals("leader", table.path(0).path("role").asText());
      assertTrue(table.path(0).path("healthy").asBoolean());
      assertTrue(!table.path(1).path("healthy").asBoolean());
    }
  }

  @Test
  void statusTellsOfEachShardAndOfWhatIsWrong() {
    JsonNode status = members.follower("GET /cluster/status").key("read").wants(200).json();
    assertEquals("c2", status.path("node").asText());
    assertEquals("follower", status.path("role").asText());
    assertEquals("c1", status.path("leader").asText());
    assertEquals(0, status.path("map_version").asLong());
    assertEquals("active", status.path("shards").path(0).path("state").asText());
    assertTrue(!status.path("shards").path(0).path("healthy").asBoolean(), "nothing listens there");
    assertTrue(status.path("shards").path(0).path("points").isNull());
    assertTrue(status.path("migration").isNull());
    List<String> alarms = status.path("alarms").findValuesAsText("code");
    assertTrue(alarms.contains("member_unreachable"), alarms.toString());
  }

  @Test
  void statusTellsWhoVotesAndWhoTakesNoPart() {
    members.followersView().troubles =
        List.of(
            new Membership.Trouble("c1", Membership.Kind.NOT_FOLLOWING, "it is deaf"),
            new Membership.Trouble("c9", Membership.Kind.NOT_CONFIGURED, "nobody knows it"));
    try {
      JsonNode status = members.follower("GET /cluster/status").key("read").wants(200).json();
      assertTrue(status.path("members").path(0).path("voter").asBoolean());
      assertFalse(status.path("members").path(1).path("voter").asBoolean(true));
      String alarms = status.path("alarms").toString();
      assertTrue(alarms.contains("\"code\":\"member_not_following\""), alarms);
      assertTrue(alarms.contains("\"detail\":\"it is deaf\""), alarms);
      assertTrue(alarms.contains("\"code\":\"member_not_configured\""), alarms);
      assertTrue(alarms.contains("\"detail\":\"nobody knows it\""), alarms);
    } finally {
      members.followersView().troubles = List.of();
    }
  }

  @Test
  void leadershipGoesToMembersOnly() {
    Answer answer =
        members.leader("POST /cluster/leader/transfer").json("{\"to\":\"c9\"}").wants(404);
    assertTrue(answer.json().path("detail").asText().contains("c9"), answer.text());
    members.leader("POST /cluster/leader/transfer").json("{\"to\":9}").wants(422);
    members.leader("POST /cluster/leader/transfer").key("read").wants(403);
    Answer failed =
        members.follower("POST /cluster/leader/transfer").json("{\"to\":\"c2\"}").wants(503);
    assertEquals("application/problem+json", failed.header("Content-Type"));
    assertEquals("c2", failed.header("X-Quiver-Node"), "the follower answers itself");
  }

  @Test
  void probesAreOpenAndMetricsAreNot() {
    for (String probe : List.of("/healthz", "/livez", "/readyz", "/readyz?writable")) {
      assertEquals("ok", members.follower("GET " + probe).key("").wants(200).text().strip(), probe);
    }
    members.follower("GET /metrics").key("").wants(401);
    members.follower("GET /metrics").key("read").wants(200);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT /cluster/routers, GET",
    "POST /cluster/history, GET",
    "DELETE /cluster/backup, GET",
    "GET /cluster/restore, POST",
    "GET /cluster/leader/transfer, POST"
  })
  void anotherMethodIsToldWhichThereAre(String line, String allowed) {
    Answer answer = members.leader(line).wants(405);
    assertTrue(answer.header("Allow").contains(allowed), answer.header("Allow"));
  }
}
