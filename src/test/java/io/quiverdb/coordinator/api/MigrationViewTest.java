// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.state.Walk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A migration as JSON, in the status, and in the alarms. */
class MigrationViewTest extends MigrationOnFakeMembers {
  @Test
  void aMigrationInJson() throws Exception {
    copying();
    members.log.log(
        new Command.ReportProgress(
            1,
            Phase.COPYING,
            new MigrationProgress(
                90_000,
                30_211,
                15_400_000,
                41_000,
                1,
                List.of(new MigrationPart("docs", 0, 2, 30_000, 30_000, 29_999, "x", true))),
            Optional.of(ROUTER),
            members.log.term()));
    Migration migration = members.log.active();
    JsonNode json = members.leader("GET /cluster/migrations/1").wants(200).json();
    List<Long> steps = migration.steps().stream().map(step -> step.epochMillis()).toList();
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"id": 1, "kind": "grow", "shard_id": 2, "target_url": "http://n4:6333",
                 "origin": "operator", "phase": "COPYING", "state": "running", "reversible": true, "runner": "c1",
                 "term": 1, "started_at": "%s", "updated_at": "%s", "finished_at": null,
                 "map_versions": {"before": 0, "during": 1, "after": null},
                 "router_adoption": "observed",
                 "progress": {"points_total": 90000, "points_done": 30211, "bytes_done": 15400000,
                   "points_per_second": 41000, "eta_seconds": 2, "round": 1,
                   "parts": [{"collection": "docs", "from": 0, "to": 2, "points_total": 30000,
                     "points_done": 30000}]},
                 "waiting_on": {"what": "router",
                   "detail": "http://r2:6330 still serves map version 5",
                   "since": "2025-11-24T16:00:00Z", "attempts": 12, "next_retry_at": null},
                 "throttle_points_per_second": 0, "error": null, "keep_copies": false,
                 "skipped": [], "left_dirty": [],
                 "steps": [
                   {"phase": "PREPARED", "index": 1, "term": 1, "node": "c1", "at": "%s"},
                   {"phase": "JOINING", "index": 2, "term": 1, "node": "c1", "at": "%s"},
                   {"phase": "ADOPTING", "index": 3, "term": 1, "node": "c1", "at": "%s"},
                   {"phase": "COPYING", "index": 4, "term": 1, "node": "c1", "at": "%s"}]}\
                """
                    .formatted(
                        JsonValues.time(steps.get(0)),
                        JsonValues.time(migration.updatedMillis()),
                        JsonValues.time(steps.get(0)),
                        JsonValues.time(steps.get(1)),
                        JsonValues.time(steps.get(2)),
                        JsonValues.time(steps.get(3)))),
        json);
    assertEquals(json, members.follower("GET /cluster/status").wants(200).json().path("migration"));
  }

  @Test
  void noMigrationInTheStatus() {
    assertTrue(members.leader("GET /cluster/status").wants(200).json().path("migration").isNull());
  }

  @Test
  void alarms() {
    assertEquals(List.of(), alarmsOf("migration_holding", "left_dirty", "manual_membership"));
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold();
    assertEquals(
        List.of(
            "warning migration 1 holds in phase DROPPING: waits for router: http://r2:6330 still"
                + " serves map version 5"),
        alarmsOf("migration_holding"));
    hold(FakeMember.NOW.minusSeconds(60));
    members.log.pass(Duration.ofSeconds(60));
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(200);
    assertEquals(List.of(), alarmsOf("migration_holding", "manual_membership"));
    assertEquals(1, alarmsOf("left_dirty").size());
    members.log.advance(Phase.COOLING, Phase.DONE);
    String dirty = alarmsOf("left_dirty").get(0);
    assertTrue(dirty.contains("http://127.0.0.1:2") && dirty.contains("drain it"), dirty);
    members.log.log(new Command.AddJoiningShard("http://n5:1", List.of()));
    members.log.log(Walk.leaving(members.log.state(), 0));
    assertEquals(2, alarmsOf("manual_membership").size());
  }

  @Test
  void aUrlThatWasFoundEmptyLaterIsNotDirtyAnyMore() {
    copying();
    order("cancel");
    holdFor(newest().plan().url(), FakeMember.NOW);
    members.log.log(
        new Command.RetryMigration(
            1,
            OptionalLong.of(newest().plan().shardId()),
            newest().waitingOn().map(WaitingOn::id)));
    members.log.advance(Phase.REVERTED);
    assertEquals(1, alarmsOf("left_dirty").size());
    grow(Phase.FAILED);
    assertEquals(1, alarmsOf("left_dirty").size());
    grow(Phase.JOINING);
    assertEquals(List.of(), alarmsOf("left_dirty", "manual_membership"));
  }

  @Test
  void copiesThatMayBeTheOnlyOnesAreNotToBeDeleted() {
    flipped();
    members.log.advance(Phase.SETTLING);
    holdFor(newest().plan().url(), FakeMember.NOW);
    members.log.log(
        new Command.RetryMigration(
            1,
            OptionalLong.of(newest().plan().shardId()),
            newest().waitingOn().map(WaitingOn::id)));
    assertTrue(members.log.active().keepCopies());
    List<String> alarms = alarmsOf("left_dirty");
    assertEquals(members.log.state().map().shards().size() - 1, alarms.size());
    alarms.forEach(
        alarm -> assertTrue(alarm.contains("the only ones") && !alarm.contains("empty"), alarm));
  }

  @Test
  void aMigrationThatEndedAlthoughSearchesShowDroppedPointsSaysSo() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING, Phase.COOLING);
    members.log.log(
        new Command.AdvanceMigration(
            1,
            Phase.COOLING,
            Phase.DONE,
            "cooling timed out: searches on http://127.0.0.1:2 still show dropped points of docs",
            members.log.term()));
    assertTrue(
        members
            .leader("GET /cluster/migrations/1")
            .wants(200)
            .json()
            .path("error")
            .asText()
            .startsWith("cooling timed out"));
    assertTrue(alarmsOf("cooling_timed_out").get(0).contains("http://127.0.0.1:2"));
    members.log.log(
        new Command.StartMigration(
            new MigrationPlan(MigrationKind.GROW, 0, "http://n5:6333", List.of(), false, List.of()),
            0,
            members.log.term()));
    members.log.advance(Phase.FAILED);
    assertEquals(List.of(), alarmsOf("cooling_timed_out"), "until the next migration has ended");
  }

  private List<String> alarmsOf(String... codes) {
    List<String> found = new ArrayList<>();
    for (JsonNode alarm : members.leader("GET /cluster/status").wants(200).json().path("alarms")) {
      if (List.of(codes).contains(alarm.path("code").asText())) {
        found.add(alarm.path("severity").asText() + " " + alarm.path("detail").asText());
      }
    }
    return found;
  }
}
