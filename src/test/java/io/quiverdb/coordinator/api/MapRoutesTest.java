// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.auth.Keys;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /cluster/map}, as routers and scripts ask for it. */
class MapRoutesTest extends OnFakeMembers {
  private static final String AT_0 =
      "{\"version\":0,\"shards\":[{\"id\":0,\"primary_url\":\"http://127.0.0.1:1\",\"replica_urls\":[]},"
          + "{\"id\":1,\"primary_url\":\"http://127.0.0.1:2\",\"replica_urls\":[]}],"
          + "\"joining\":[],\"leaving\":[]}";

  private void change() {
    members.leader("POST /cluster/shards").json("{\"primary_url\":\"http://s:1\"}").wants(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?consistency=local", "?consistency=linearizable", "?min_version=0"})
  void everyMemberAnswersWithTheMapByteForByte(String query) {
    for (FakeMembers.Answer map :
        List.of(
            members.leader("GET /cluster/map" + query).key("read").wants(200),
            members.follower("GET /cluster/map" + query).key("read").wants(200))) {
      assertEquals(AT_0, map.text());
      assertEquals("\"0\"", map.header("ETag"));
      assertEquals("application/json", map.header("Content-Type"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"0\"", "W/\"0\"", "\"7\", \"0\"", "*"})
  void aKnownVersionIsNotSentAgain(String known) {
    for (String query : List.of("", "?consistency=linearizable")) {
      FakeMembers.Answer same =
          members.follower("GET /cluster/map" + query).header("If-None-Match", known).wants(304);
      assertEquals("", same.text());
      assertEquals("\"0\"", same.header("ETag"));
    }
  }

  @Test
  void anotherVersionIsSent() {
    change();
    FakeMembers.Answer map =
        members.follower("GET /cluster/map").header("If-None-Match", "\"0\"").wants(200);
    assertEquals("\"1\"", map.header("ETag"));
    assertEquals(1, map.json().path("version").asLong());
    assertEquals(3, map.json().path("shards").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "linearizable"})
  void aRequestForALaterVersionIsHeldUntilItComes(String consistency) throws Exception {
    String asked = "GET /cluster/map?min_version=1&wait=50s&consistency=" + consistency;
    CompletableFuture<FakeMembers.Answer> held =
        CompletableFuture.supplyAsync(() -> members.follower(asked).send());
    change();
    FakeMembers.Answer map = held.get(30, TimeUnit.SECONDS);
    assertEquals(200, map.status());
    assertEquals(1, map.json().path("version").asLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "linearizable"})
  void aVersionThatDoesNotComeInTimeIsNotModified(String consistency) {
    String asked = "GET /cluster/map?min_version=1&wait=100ms&consistency=" + consistency;
    FakeMembers.Answer late = members.leader(asked).wants(304);
    assertEquals("\"0\"", late.header("ETag"));
    assertEquals("", late.text());
  }

  @ParameterizedTest
  @CsvSource({
    "consistency=eventual, consistency",
    "min_version=x, min_version",
    "min_version=-1, min_version",
    "min_version=1&wait=soon, wait"
  })
  void aParameterThatCannotBeReadIsNamed(String query, String named) {
    FakeMembers.Answer refused = members.leader("GET /cluster/map?" + query).wants(400);
    assertTrue(refused.json().path("detail").asText().contains(named), refused.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?consistency=linearizable", "?min_version=0"})
  void withoutAKeyThereIsNoMap(String query) {
    members.leader("GET /cluster/map" + query).key("").wants(401);
    members.leader("GET /cluster/map" + query).key("other").wants(401);
  }

  @Test
  void aMemberWhoseMapMayBeOldServesNone() throws Exception {
    try (FakeLeader node = new FakeLeader(Keys.of(List.of()))) {
      node.age = Optional.of(Duration.ofSeconds(3));
      refusedFor("3000 ms old", node);
      node.age = Optional.empty();
      refusedFor("no proof yet", node);
    }
  }

  private static void refusedFor(String reason, FakeLeader node) throws Exception {
    for (String query : List.of("", "?consistency=local", "?min_version=0", "?min_version=9")) {
      HttpResponse<String> refused =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(node.at("/cluster/map" + query)).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals(503, refused.statusCode(), query);
      assertTrue(refused.body().contains(reason), refused.body());
    }
  }
}
