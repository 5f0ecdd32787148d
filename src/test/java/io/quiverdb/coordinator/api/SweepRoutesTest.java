// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweptShard;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sweeps over REST. */
class SweepRoutesTest extends MigrationOnFakeMembers {
  private static final String SWEEP = "POST /cluster/checks/1/sweep";

  @BeforeEach
  void register() {
    members.record();
    members.leader("POST /cluster/routers").json("{\"url\":\"http://r1:6330\"}").wants(200);
  }

  private void verified(int onlyCopies) {
    members.leader("POST /cluster/checks").json("{\"kind\":\"verify\"}").wants(200);
    long term = members.log.term();
    members.log.log(
        new CheckCommand.RecordCheck(
            1,
            Optional.empty(),
            "docs",
            CheckReport.of(new CheckedShard("docs", 0, 100, 100, StrayCounts.NONE, List.of()))
                .plus(
                    CheckReport.of(
                        new CheckedShard(
                            "docs", 1, 105, 100, new StrayCounts(1, 2, onlyCopies), List.of()))),
            term));
    members.log.log(new CheckCommand.FinishCheck(1, CheckState.DONE, "", term));
  }

  private Sweep sweep() {
    return members.log.state().checks().find(1).orElseThrow().sweep().orElseThrow();
  }

  @Test
  void aSweepInJson() throws Exception {
    verified(3);
    assertTrue(members.leader("GET /cluster/checks/1").wants(200).json().path("sweep").isNull());
    JsonNode begun = members.follower(SWEEP).wants(200).json();
    assertEquals("running", begun.path("sweep").path("state").asText());
    long term = members.log.term();
    members.log.log(
        new CheckCommand.RecordSweep(
            1,
            0,
            Optional.of("docs"),
            List.of(new SweptShard("docs", 1, new StrayCounts(1, 2, 3))),
            Optional.of("router: http://r1:6330 does not answer"),
            term));
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"state": "running", "spill_limit": 10, "started_at": "%s", "finished_at": null,
                 "error": null, "waiting_for": "router: http://r1:6330 does not answer",
                 "removed": 6, "spilled": 5,
                 "collections": [{"name": "docs", "shards": [{"id": 1, "removed": 6, "spilled": 5}]}],
                 "others": {"removed": 0, "spilled": 0}}"""
                    .formatted(JsonValues.time(sweep().startedMillis()))),
        members.follower("GET /cluster/checks/1").wants(200).json().path("sweep"));
    members.log.log(new CheckCommand.FinishSweep(1, CheckState.FAILED, "s1 is away", term));
    JsonNode ended = members.leader("GET /cluster/checks/1").wants(200).json().path("sweep");
    assertEquals("failed", ended.path("state").asText());
    assertEquals("s1 is away", ended.path("error").asText());
    assertFalse(ended.path("finished_at").isNull());
  }

  @Test
  void takesItsLimitsFromTheBodyOrTheConfiguration() {
    verified(3);
    members.leader(SWEEP).json("{\"spill_limit\": 3, \"points_per_second\": 7}").wants(200);
    assertEquals(3, sweep().spillLimit());
    assertEquals(7, sweep().pointsPerSecond());
    members.leader("DELETE /cluster/checks/1?force=true").wants(200);
    members.leader(SWEEP).wants(200);
    assertEquals(10, sweep().spillLimit());
    assertEquals(500, sweep().pointsPerSecond());
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    verified(3);
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"accepted": true, "removed": 6, "spilled": 5,
                 "collections": [{"name": "docs", "shards": [{"id": 1, "removed": 6, "spilled": 5}]}],
                 "others": {"removed": 0, "spilled": 0}}"""),
        members.follower(SWEEP + "?dry_run=true").wants(200).json());
    assertTrue(members.log.state().checks().sweeping().isEmpty());
    members.leader(SWEEP + "?dry_run=true").json("{\"spill_limit\": 2}").wants(409);
  }

  @Test
  void theSameKeyBeginsItOnce() {
    verified(3);
    for (int i = 0; i < 2; i++) {
      assertEquals(
          i == 0 ? "" : "true",
          members
              .leader(SWEEP)
              .header("Idempotency-Key", "k1")
              .wants(200)
              .header("Idempotent-Replay"));
    }
    assertEquals("sweep_active", members.leader(SWEEP).wants(409).json().path("reason").asText());
  }

  @Test
  void theMapStaysAsItIsUntilItsEnd() {
    verified(3);
    members.leader(SWEEP).wants(200);
    JsonNode refused =
        members
            .follower("POST /cluster/shards")
            .json("{\"primary_url\":\"http://s9:6333\",\"replica_urls\":[]}")
            .wants(409)
            .json();
    assertTrue(refused.path("detail").asText().contains("sweep of check 1"), refused::toString);
    JsonNode stopping = members.leader("DELETE /cluster/checks/1").wants(200).json();
    assertEquals("stopping", stopping.path("sweep").path("state").asText());
    JsonNode freed = members.leader("DELETE /cluster/checks/1?force=true").wants(200).json();
    assertEquals("stopped", freed.path("sweep").path("state").asText());
    members.leader("DELETE /cluster/checks/1").wants(409);
  }

  @Test
  void refusesWhatCannotBe() {
    members.leader(SWEEP).wants(404);
    verified(11);
    assertEquals("not_sweepable", members.leader(SWEEP).wants(409).json().path("reason").asText());
    members.leader(SWEEP).key("read").wants(403);
    members.leader(SWEEP + "?dry-run=true").wants(400);
    members.leader(SWEEP).json("{\"spill_limit\": -1}").wants(422);
    members.leader("POST /cluster/checks/x/sweep").wants(400);
  }
}
