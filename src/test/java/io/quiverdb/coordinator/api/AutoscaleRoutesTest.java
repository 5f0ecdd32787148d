// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The growth policy over REST. The two shards of these members do not answer. */
class AutoscaleRoutesTest extends OnFakeMembers {
  private static final String POLICY =
      """
      {"mode":"automatic","high_water_points":1000,
       "standby":[{"primary_url":" http://n4:6333 ","replica_urls":["http://n4r:6333"]}]}""";

  private void atFormat2() {
    members.log.log(new Command.RaiseFormat(2, members.log.term()));
  }

  private Answer put(String body) {
    return members.follower("PUT /cluster/autoscale").json(body).send();
  }

  private static String problem(Answer answer, int status) {
    assertEquals(status, answer.status(), answer.text());
    return answer.json().path("detail").asText();
  }

  @Test
  void aPolicyHasDefaults() throws Exception {
    atFormat2();
    Answer answer = put(POLICY);
    assertEquals(200, answer.status(), answer.text());
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"version":1,"policy":{"mode":"automatic","high_water_points":1000,
                 "standby":[{"primary_url":"http://n4:6333","replica_urls":["http://n4r:6333"],
                  "failure":null}],
                 "cooldown_seconds":300,"max_shards":0,"interval_seconds":30}}"""),
        answer.json());
  }

  @Test
  void bothMembersShowTheAdviceOfTheLeader() {
    atFormat2();
    put(POLICY);
    for (Answer answer :
        new Answer[] {
          members.leader("GET /cluster/autoscale").wants(200),
          members.follower("GET /cluster/autoscale").wants(200)
        }) {
      assertEquals("\"1\"", answer.header("ETag"));
      JsonNode advice = answer.json().path("advice");
      assertEquals("c1", advice.path("node").asText());
      assertEquals("unknown", advice.path("verdict").asText());
      assertTrue(advice.at("/shards/0/points").isNull(), "not 0");
      assertEquals("http://n4:6333", advice.at("/next_standby/primary_url").asText());
      assertEquals("unknown_points", advice.at("/obstacles/0/kind").asText());
    }
  }

  @Test
  void withoutALeaderOnlyThePolicyIsShown() {
    atFormat2();
    put(POLICY);
    members.log.elect("");
    Answer answer = members.leader("GET /cluster/autoscale").wants(200);
    assertEquals(1, answer.json().path("version").asInt());
    assertTrue(answer.json().path("advice").isNull());
  }

  @Test
  void withoutAPolicyThereIsNone() {
    Answer answer = members.leader("GET /cluster/autoscale").wants(200);
    assertTrue(answer.json().path("policy").isNull());
    assertEquals("off", answer.json().at("/advice/verdict").asText());
  }

  @Test
  void aPreconditionIsAboutThePolicyAndNotTheMap() {
    atFormat2();
    members.follower("PUT /cluster/autoscale").json(POLICY).header("If-Match", "\"0\"").wants(200);
    Answer again =
        members
            .leader("PUT /cluster/autoscale")
            .json(POLICY)
            .header("If-Match", "\"0\"")
            .wants(412);
    assertEquals(1, again.json().path("current_version").asInt());
    members
        .leader("POST /cluster/shards")
        .json("{\"primary_url\":\"http://n9:6333\"}")
        .header("If-Match", "\"0\"")
        .wants(200);
  }

  @Test
  void refusesWhatIsNoPolicy() {
    atFormat2();
    assertEquals(
        "mode: wanted off, advice or automatic",
        problem(put("{\"mode\":\"on\",\"high_water_points\":1,\"standby\":[]}"), 400));
    assertEquals(
        "high_water_points: is missing", problem(put("{\"mode\":\"off\",\"standby\":[]}"), 422));
    assertTrue(
        problem(put("{\"mode\":\"off\",\"high_water_points\":0,\"standby\":[]}"), 400)
            .startsWith("wanted high_water_points from 1"));
    assertTrue(
        problem(
                put(
                    "{\"mode\":\"off\",\"high_water_points\":1,\"standby\":"
                        + "[{\"primary_url\":\"http://127.0.0.1:1\"}]}"),
                409)
            .startsWith("standby[0]: primary_url"));
    assertEquals(
        "cooldown_seconds: wanted at most 2592000",
        problem(
            put(
                "{\"mode\":\"off\",\"high_water_points\":1,\"standby\":[],"
                    + "\"cooldown_seconds\":9223372036854775807}"),
            400));
  }

  @Test
  void aPoolThatIsTooLargeIsNotLogged() {
    atFormat2();
    long index = members.log.view().current().index();
    Answer refused =
        put(
            "{\"mode\":\"off\",\"high_water_points\":1,\"standby\":["
                + String.join(",", Collections.nCopies(33, "{\"primary_url\":\"http://n:1\"}"))
                + "]}");
    assertEquals("standby: wanted at most 32", problem(refused, 400));
    assertEquals("limit_reached", refused.json().path("reason").asText());
    assertEquals(index, members.log.view().current().index());
  }

  @Test
  void aMemberOfAnOlderReleaseCouldNotReadIt() {
    assertTrue(problem(put(POLICY), 503).contains("growth policies need 2"));
  }
}
