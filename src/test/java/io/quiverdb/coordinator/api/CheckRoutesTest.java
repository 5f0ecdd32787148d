// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.StrayCounts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Checks of the data over REST. */
class CheckRoutesTest extends MigrationOnFakeMembers {
  private static final String VERIFY = "{\"kind\":\"verify\"}";

  private Answer begin(String body) {
    return members.follower("POST /cluster/checks").json(body).send();
  }

  private DataCheck check(long id) {
    return members.log.state().checks().find(id).orElseThrow();
  }

  @Test
  void aCheckInJson() throws Exception {
    members.record();
    begin(VERIFY);
    members.log.log(
        new CheckCommand.RecordCheck(
            1,
            Optional.empty(),
            "docs",
            CheckReport.of(new CheckedShard("docs", 0, 100, 100, StrayCounts.NONE, List.of()))
                .plus(
                    CheckReport.of(
                        new CheckedShard(
                            "docs", 1, 106, 100, new StrayCounts(1, 2, 3), List.of("a", "b"))))
                .plus(CheckReport.leavingOut("pages")),
            members.log.term()));
    members.log.log(
        new CheckCommand.FinishCheck(1, CheckState.FAILED, "s1 is away", members.log.term()));
    JsonNode json = members.leader("GET /cluster/checks/1").wants(200).json();
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"id": 1, "kind": "verify", "state": "failed", "map_version": 0,
                 "started_at": "%s", "finished_at": "%s", "error": "s1 is away",
                 "result": {"points": 206, "strays": {"same": 1, "differing": 2, "only_copy": 3},
                   "collections": [{"name": "docs", "shards": [
                     {"id": 0, "points": 100, "owned": 100,
                      "strays": {"same": 0, "differing": 0, "only_copy": 0}, "samples": []},
                     {"id": 1, "points": 106, "owned": 100,
                      "strays": {"same": 1, "differing": 2, "only_copy": 3},
                      "samples": ["a", "b"]}]}],
                   "others": {"rows": 0, "points": 0, "owned": 0,
                     "strays": {"same": 0, "differing": 0, "only_copy": 0}},
                   "left_out": ["pages"]},
                 "sweep": null}"""
                    .formatted(
                        JsonValues.time(check(1).startedMillis()),
                        JsonValues.time(check(1).finishedMillis().orElseThrow()))),
        json);
    begin(VERIFY);
    JsonNode all = members.follower("GET /cluster/checks").wants(200).json().path("checks");
    assertEquals(2, all.path(0).path("id").asInt(), "newest first");
    assertEquals(json, all.path(1));
  }

  @Test
  void beginsOneThroughAFollower() {
    members.record();
    Answer answer = begin(VERIFY);
    assertEquals(200, answer.status(), answer.text());
    assertEquals("running", answer.json().path("state").asText());
    assertEquals(CheckKind.VERIFY, check(1).kind());
    assertEquals(500, check(1).pointsPerSecond(), "as migrations begin");
    assertEquals(409, begin(VERIFY).status());
  }

  @Test
  void theSameKeyBeginsItOnce() {
    members.record();
    beginsOnce("POST /cluster/checks", VERIFY);
  }

  @Test
  void takesALimit() {
    members.record();
    assertEquals(200, begin("{\"kind\":\"verify\",\"points_per_second\":0}").status());
    assertEquals(0, check(1).pointsPerSecond());
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    members.record();
    assertEquals(400, begin("{\"kind\":\"repair\"}").status());
    assertEquals(422, begin("{}").status());
    assertEquals(422, begin("{\"kind\":\"verify\",\"points_per_second\":-1}").status());
    members.leader("GET /cluster/checks/7").wants(404);
    members.leader("DELETE /cluster/checks/7").wants(404);
    members.leader("GET /cluster/checks/x").wants(400);
    members.leader("GET /cluster/checks?limit=1").wants(400);
    members.leader("POST /cluster/checks").key("write").json(VERIFY).wants(403);
    members.leader("GET /cluster/checks").key("read").wants(200);
  }

  @Test
  void stopsOne() {
    members.record();
    begin(VERIFY);
    JsonNode stopped = members.follower("DELETE /cluster/checks/1").wants(200).json();
    assertEquals("stopped", stopped.path("state").asText());
    assertEquals("stopped by ops", stopped.path("error").asText());
    members.leader("DELETE /cluster/checks/1").wants(409);
  }

  @Test
  void notDuringAMigration() {
    members.record();
    copying();
    Answer answer = begin(VERIFY);
    assertEquals(409, answer.status());
    assertEquals(1, answer.json().path("migration").asInt());
  }

  @Test
  void notBeforeTheLogIsAtFormat2() {
    Answer answer = begin(VERIFY);
    assertEquals(503, answer.status());
    assertTrue(answer.text().contains("format 1"), answer.text());
  }
}
