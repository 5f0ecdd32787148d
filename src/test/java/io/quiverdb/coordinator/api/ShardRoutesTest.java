// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards that come and go by hand, with the bodies of the single-node coordinator. */
class ShardRoutesTest extends OnFakeMembers {
  private static final String ZERO =
      "{\"id\":0,\"primary_url\":\"http://127.0.0.1:1\",\"replica_urls\":[]}";
  private static final String ONE =
      "{\"id\":1,\"primary_url\":\"http://127.0.0.1:2\",\"replica_urls\":[]}";
  private static final String TWO =
      "{\"id\":2,\"primary_url\":\"http://s:1\",\"replica_urls\":[\"http://r:1\"]}";
  private static final String BODY =
      "{\"primary_url\":\"http://s:1\",\"replica_urls\":[\"http://r:1\"],\"unknown\":1}";

  private static String map(int version, String shards, String joining, String leaving) {
    return "{\"version\":%d,\"shards\":[%s],\"joining\":[%s],\"leaving\":[%s]}"
        .formatted(version, shards, joining, leaving);
  }

  private void isNow(String map) {
    assertEquals(map, members.follower("GET /cluster/map").wants(200).text());
  }

  @Test
  void anAddedShardServesAtOnce() {
    String after = map(1, ZERO + "," + ONE + "," + TWO, "", "");
    assertEquals(after, members.follower("POST /cluster/shards").json(BODY).wants(200).text());
    isNow(after);
  }

  @Test
  void aJoiningShardServesOnceItIsPromoted() {
    String joining = map(1, ZERO + "," + ONE + "," + TWO, "2", "");
    String serving = map(2, ZERO + "," + ONE + "," + TWO, "", "");
    assertEquals(
        joining, members.leader("POST /cluster/shards/joining").json(BODY).wants(200).text());
    assertEquals(serving, members.leader("POST /cluster/shards/2/promote").wants(200).text());
    isNow(serving);
  }

  @Test
  void aRemovedShardIsGoneAndItsIdIsNotUsedAgain() {
    assertEquals(map(1, ONE, "", ""), members.leader("DELETE /cluster/shards/0").wants(200).text());
    String again = members.leader("POST /cluster/shards").json(BODY).wants(200).text();
    assertEquals(map(2, ONE + "," + TWO, "", ""), again);
  }

  @Test
  void theLastShardStays() {
    members.leader("DELETE /cluster/shards/0").wants(200);
    FakeMembers.Answer refused = members.follower("DELETE /cluster/shards/1").wants(400);
    assertEquals("application/problem+json", refused.header("Content-Type"));
    isNow(map(1, ONE, "", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE /cluster/shards/9, 400",
    "DELETE /cluster/shards/x, 400",
    "DELETE /cluster/shards/-1, 400",
    "POST /cluster/shards/9/promote, 400",
    "POST /cluster/shards/0/promote, 400",
    "POST /cluster/shards/%0A/promote, 400",
    "DELETE /cluster/shards/a%1Ab, 400",
    "DELETE /cluster/shards/%7f, 400",
    "GET /cluster/migrations/%09, 400",
    "DELETE /cluster/shards, 405",
    "POST /cluster/nothing, 404"
  })
  void anIdThatIsNotThere(String line, int status) {
    FakeMembers.Answer answer = members.leader(line).wants(status);
    assertEquals(status, answer.json().path("status").asInt());
    isNow(map(0, ZERO + "," + ONE, "", ""));
  }

  @ParameterizedTest
  @CsvSource({"GET", "PUT", "DELETE"})
  void whereARoutesNameStandsForAnIdOnlyThatRouteIsAllowed(String method) {
    FakeMembers.Answer refused = members.leader(method + " /cluster/shards/grow").wants(405);
    assertEquals("POST", refused.header("Allow"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1, 409, already in the map",
    "HTTP://127.0.0.1:2/, 409, already in the map",
    "ftp://s:1, 400, primary_url",
    "s, 400, primary_url",
    "'', 400, primary_url",
    "http://u:p@s:1, 400, primary_url",
    "http://s:1/?a=b, 400, primary_url"
  })
  void aUrlThatIsRefusedIsNamed(String url, int status, String told) {
    for (String route : new String[] {"/cluster/shards", "/cluster/shards/joining"}) {
      FakeMembers.Answer refused =
          members.leader("POST " + route).json("{\"primary_url\":\"" + url + "\"}").wants(status);
      assertTrue(refused.json().path("detail").asText().contains(told), refused.text());
    }
    isNow(map(0, ZERO + "," + ONE, "", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "{}, 422, primary_url",
    "{\"primary_url\":7}, 422, primary_url",
    "'{\"primary_url\":\"http://s:1\",\"replica_urls\":\"x\"}', 422, replica_urls",
    "'{\"primary_url\":\"http://s:1\",\"replica_urls\":[\"http://s:1/\"]}', 409, replica_urls",
    "'{\"primary_url\":', 400, JSON"
  })
  void aBodyThatIsRefusedNamesTheField(String body, int status, String told) {
    FakeMembers.Answer refused = members.leader("POST /cluster/shards").json(body).wants(status);
    assertTrue(refused.json().path("detail").asText().contains(told), refused.text());
  }

  @Test
  void aBodyThatIsTooLongOrNoJson() {
    String blanks = " ".repeat(1 << 20);
    // Again and again: an answer that is lost because the connection is reset is lost now and then.
    for (int i = 0; i < 20; i++) {
      members.leader("POST /cluster/shards").json(BODY + blanks.repeat(1 + i % 5)).wants(413);
    }
    members.follower("POST /cluster/shards").json(BODY + blanks).wants(413);
    members.leader("POST /cluster/shards").wants(415);
    assertEquals(2, members.leader("POST /cluster/ids").wants(200).json().path("id").asInt());
  }

  @Test
  void replicasComeAndGo() {
    String with = ZERO.replace("[]", "[\"http://r:2\"]");
    FakeMembers.Answer added =
        members
            .follower("POST /cluster/shards/0/replicas")
            .json("{\"url\":\"http://r:2\"}")
            .wants(200);
    assertEquals(map(1, with + "," + ONE, "", ""), added.text());
    members.leader("POST /cluster/shards/1/replicas").json("{\"url\":\"http://r:2\"}").wants(409);
    members.leader("POST /cluster/shards/9/replicas").json("{\"url\":\"http://r:3\"}").wants(404);
    members.leader("DELETE /cluster/shards/0/replicas?url=http://r:9").wants(404);
    assertEquals(
        map(2, ZERO + "," + ONE, "", ""),
        members.leader("DELETE /cluster/shards/0/replicas?url=http://r:2").wants(200).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /cluster/health", "GET /cluster/status", "GET /cluster/routers"})
  void readsTakeAnyKey(String line) {
    members.follower(line).key("read").wants(200);
    members.follower(line).key("write").wants(200);
    members.follower(line).key("").wants(401);
  }
}
