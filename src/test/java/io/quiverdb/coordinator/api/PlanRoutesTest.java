// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.model.ClusterPlan;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Plans over REST. */
class PlanRoutesTest extends MigrationOnFakeMembers {
  private static final String STEPS =
      """
      {"steps":[{"grow":{"primary_url":"http://n4:6333","replica_urls":["http://n4r:6333"]}},
       {"drain":{"shard_id":1}}]}""";

  private Answer create(String body) {
    return members.follower("POST /cluster/plans").json(body).send();
  }

  private ClusterPlan plan() {
    return members.log.state().plans().find(1).orElseThrow();
  }

  @Test
  void aPlanInJson() throws Exception {
    members.record();
    Answer answer = create(STEPS.replaceAll("\"(http://n4r?:6333)\"", "\" $1\\\\t\""));
    assertEquals(200, answer.status(), answer.text());
    JsonNode expected =
        new ObjectMapper()
            .readTree(
                """
                {"id": 1, "state": "running", "points_per_second": 500, "created_at": "%s",
                 "finished_at": null, "error": null, "steps": [
                   {"kind": "grow", "primary_url": "http://n4:6333",
                    "replica_urls": ["http://n4r:6333"], "state": "waiting", "migration": null},
                   {"kind": "drain", "shard_id": 1, "state": "waiting", "migration": null}]}"""
                    .formatted(JsonValues.time(plan().createdMillis())));
    assertEquals(expected, answer.json());
    assertEquals(expected, members.leader("GET /cluster/plans/1").wants(200).json());
    assertEquals(expected, members.follower("GET /cluster/plans").wants(200).json().at("/plans/0"));
  }

  @Test
  void theSameKeyMakesItOnce() {
    members.record();
    beginsOnce("POST /cluster/plans", STEPS);
    assertEquals(409, create(STEPS).status());
  }

  @Test
  void aDryRunAddsUpAndLogsNothing() {
    members.record();
    long before = members.log.state().history().entries().size();
    Answer answer = members.follower("POST /cluster/plans?dry_run=true").json(STEPS).wants(200);
    assertEquals(before, members.log.state().history().entries().size());
    assertTrue(members.checks.asked().contains("plan of 2"));
    JsonNode json = answer.json();
    assertTrue(json.path("accepted").asBoolean(), answer.text());
    assertEquals(24, json.path("estimated_seconds").asInt());
    assertEquals(2 * 7_446, json.path("points").asInt());
    assertEquals(4_000_000, json.path("bytes").asInt());
    assertEquals("drain", json.at("/steps/1/kind").asText());
    assertEquals(1, json.at("/steps/1/shard_id").asInt());
    assertEquals("docs", json.at("/steps/1/moves/0/collection").asText());
  }

  @Test
  void aDryRunOfWhatTheMapRefusesIsRefused() {
    members.record();
    String body = "{\"steps\":[{\"drain\":{\"shard_id\":77}}]}";
    Answer answer = members.leader("POST /cluster/plans?dry_run=true").json(body).send();
    assertEquals(404, answer.status(), answer.text());
    assertTrue(answer.text().contains("step 1: "), answer.text());
    assertEquals(List.of(), members.refusals(), "refused though nothing was asked to be done");
    assertEquals(404, create(body).status());
    assertEquals(1, members.refusals().size());
  }

  @Test
  void aDryRunWhoseChecksFailSaysWhy() {
    members.record();
    members.checks.answering(
        well -> CompletableFuture.failedFuture(new IllegalStateException("no census")));
    Answer failed = members.follower("POST /cluster/plans?dry_run=true").json(STEPS).wants(503);
    assertTrue(
        failed.text().contains("the checks could not be made: no census; nothing was changed"),
        failed.text());
    members.checks.answering(well -> new CompletableFuture<>());
    Answer late = members.leader("POST /cluster/plans?dry_run=true").json(STEPS).wants(503);
    assertTrue(late.text().contains("the checks did not end within "), late.text());
  }

  @Test
  void refusesWhatHasAnotherShape() {
    members.record();
    for (String body :
        new String[] {
          "{}",
          "{\"steps\":1}",
          "{\"steps\":[1]}",
          "{\"steps\":[{}]}",
          "{\"steps\":[{\"grow\":{}}]}",
          "{\"steps\":[{\"drain\":{\"shard_id\":-1}}]}",
          "{\"steps\":[{\"drain\":{\"shard_id\":1},\"grow\":{\"primary_url\":\"http://a:1\"}}]}"
        }) {
      assertEquals(422, create(body).status(), body);
    }
    assertEquals(400, create("{\"steps\":[]}").status());
    assertEquals(400, create("{\"steps\":[{\"grow\":{\"primary_url\":\"n4\"}}]}").status());
    members.leader("POST /cluster/plans").key("write").json(STEPS).wants(403);
    members.leader("POST /cluster/plans?dry-run=true").json(STEPS).wants(400);
  }

  @Test
  void aPlanWithTooManyStepsIsNotLogged() {
    members.record();
    long index = members.log.view().current().index();
    String steps = String.join(",", Collections.nCopies(33, "{\"drain\":{\"shard_id\":1}}"));
    Answer refused = create("{\"steps\":[" + steps + "]}");
    assertEquals(400, refused.status(), refused.text());
    assertEquals("limit_reached", refused.json().path("reason").asText());
    assertEquals("steps: wanted at most 32", refused.json().path("detail").asText());
    assertEquals(index, members.log.view().current().index());
  }

  @Test
  void takesOrders() {
    members.record();
    create(STEPS);
    assertEquals("paused", order("POST", "1/pause", 200).path("state").asText());
    order("POST", "1/pause", 409);
    assertEquals("running", order("POST", "1/resume", 200).path("state").asText());
    order("DELETE", "1", 409);
    assertEquals("cancelled", order("POST", "1/cancel", 200).path("state").asText());
    assertEquals(1, order("DELETE", "1", 200).path("id").asInt());
    order("GET", "1", 404);
    order("DELETE", "1", 404);
  }

  private JsonNode order(String method, String what, int status) {
    return members.follower(method + " /cluster/plans/" + what).wants(status).json();
  }

  @Test
  void notBeforeTheLogIsAtFormat2() {
    assertEquals(503, create(STEPS).status());
    members.follower("POST /cluster/plans?dry_run=true").json(STEPS).wants(503);
  }
}
