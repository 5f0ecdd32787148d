package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.api.TwoMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.MovePlan;
import io.quiverdb.coordinator.model.MoveProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The moves over REST, and what an operator can do in which of their states. */
class MigrationRoutesTest {
  private static final WaitingOn ROUTER =
      new WaitingOn(
          "router", "http://r2:6330 still serves map version 5", 1_764_000_000_000L, 12, 0);

  @TempDir private Path folder;
  private TwoMembers cluster;

  @BeforeEach
  void start() {
    cluster = new TwoMembers(folder);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void grow(Phase... phases) {
    cluster.log.log(
        new Command.StartMigration(
            new MovePlan(MigrationKind.GROW, 0, "http://n4:6333", List.of(), false, List.of()),
            0,
            cluster.log.term()));
    cluster.log.advance(phases);
  }

  private void copying() {
    grow(Phase.JOINING, Phase.ADOPTING, Phase.COPYING);
  }

  private void flipped() {
    copying();
    cluster.log.advance(Phase.VERIFYING, Phase.WARMING, Phase.PROMOTED);
  }

  private void hold() {
    hold(ROUTER);
  }

  private void hold(Instant since) {
    hold(new WaitingOn("shard", "http://127.0.0.1:2 is away", since.toEpochMilli(), 1, 0));
  }

  private void hold(WaitingOn waitingOn) {
    Migration move = cluster.log.active();
    cluster.log.log(
        new Command.HoldMigration(move.id(), move.phase(), waitingOn, cluster.log.term()));
  }

  private Answer order(String what) {
    long id = cluster.log.state().migrations().nextId() - 1;
    return cluster.leader("POST /cluster/migrations/" + id + "/" + what).send();
  }

  /** These are refused, naming the move, and change nothing. */
  private void refuses(String... orders) {
    Migration before = newest();
    for (String order : orders) {
      Answer answer = order(order);
      assertEquals(409, answer.status(), order + ": " + answer.text());
      assertEquals(before.id(), answer.json().path("migration").asLong(), answer.text());
    }
    assertEquals(before, newest());
  }

  private void takes(String order, String state) {
    Answer answer = order(order);
    assertEquals(200, answer.status(), answer.text());
    assertEquals(state, answer.json().path("state").asText());
  }

  private Migration newest() {
    Migrations all = cluster.log.state().migrations();
    return all.find(all.nextId() - 1).orElseThrow();
  }

  @Test
  void running() {
    copying();
    refuses("resume", "retry");
    takes("pause", "paused");
    takes("resume", "running");
    takes("cancel", "reverting");
  }

  @Test
  void holding() {
    copying();
    hold();
    refuses("resume");
    takes("retry", "running");
    assertTrue(newest().waitingOn().isEmpty());
    hold();
    takes("pause", "paused");
    takes("resume", "running");
    hold();
    takes("cancel", "reverting");
  }

  @Test
  void paused() {
    copying();
    takes("pause", "paused");
    refuses("pause", "retry");
    takes("cancel", "reverting");
  }

  @Test
  void afterTheFlip() {
    flipped();
    refuses("cancel", "resume", "retry");
    assertEquals("point_of_no_return", order("cancel").json().path("reason").asText());
    hold();
    refuses("cancel", "resume");
    takes("retry", "running");
    takes("pause", "paused");
    refuses("cancel", "pause", "retry");
    takes("resume", "running");
  }

  @Test
  void reverting() {
    copying();
    takes("cancel", "reverting");
    refuses("cancel", "pause", "resume", "retry");
    hold();
    refuses("cancel", "pause", "resume");
    takes("retry", "reverting");
  }

  @Test
  void ended() {
    copying();
    cluster.log.advance(Phase.REVERTING, Phase.REVERTED);
    refuses("cancel", "pause", "resume", "retry");
    grow(Phase.FAILED);
    refuses("cancel", "pause", "resume", "retry");
    flipped();
    cluster.log.advance(Phase.SETTLING, Phase.DROPPING, Phase.COOLING, Phase.DONE);
    refuses("cancel", "pause", "resume", "retry");
  }

  @Test
  void aDeadShardIsSkippedAndShows() {
    flipped();
    cluster.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold();
    cluster.leader("POST /cluster/migrations/1/retry?skip=x").wants(400);
    cluster.leader("POST /cluster/migrations/1/retry?skip=77").wants(404);
    hold(TestMember.NOW.minusSeconds(59));
    assertTrue(
        cluster
            .leader("POST /cluster/migrations/1/retry?skip=1")
            .wants(409)
            .json()
            .path("detail")
            .asText()
            .contains("after 60 s"));
    hold(new WaitingOn("router", "http://r2:6330 is away", 0, 1, 0));
    assertTrue(
        cluster
            .leader("POST /cluster/migrations/1/retry?skip=1")
            .wants(409)
            .json()
            .path("detail")
            .asText()
            .contains("(http://127.0.0.1:2) is not what the move waits for: router"));
    hold(TestMember.NOW.minusSeconds(60));
    Answer answer = cluster.follower("POST /cluster/migrations/1/retry?skip=1").wants(200);
    assertEquals("[\"http://127.0.0.1:2\"]", answer.json().path("left_dirty").toString());
  }

  @Test
  void keepCopiesIsForDrains() {
    cluster.log.log(
        new Command.StartMigration(
            new MovePlan(MigrationKind.DRAIN, 1, "", List.of(), false, List.of()),
            0,
            cluster.log.term()));
    cluster.log.advance(Phase.LEAVING, Phase.ADOPTING);
    cluster.leader("POST /cluster/migrations/1/cancel?keep_copies=perhaps").wants(400);
    cluster.leader("POST /cluster/migrations/1/cancel?keep_copies=true").wants(200);
    assertTrue(cluster.log.active().keepCopies());
  }

  @Test
  void throttle() {
    copying();
    String throttle = "PUT /cluster/migrations/1/throttle";
    Answer answer = cluster.follower(throttle).json("{\"points_per_second\":5000}").wants(200);
    assertEquals(5000, answer.json().path("throttle_points_per_second").asLong());
    assertEquals("c2", answer.header("X-Quiver-Node"));
    cluster.leader(throttle).json("{\"points_per_second\":0}").wants(200);
    cluster.leader(throttle).wants(415);
    for (String body :
        List.of(
            "{}",
            "[]",
            "{\"points_per_second\":null}",
            "{\"points_per_second\":-1}",
            "{\"points_per_second\":1.5}",
            "{\"points_per_second\":\"5\"}",
            "{\"points_per_second\":9223372036854775808}")) {
      cluster.leader(throttle).json(body).wants(422);
    }
    cluster.leader(throttle).json("{").wants(400);
    cluster
        .leader("PUT /cluster/migrations/9/throttle")
        .json("{\"points_per_second\":1}")
        .wants(404);
  }

  @Test
  void aRepetitionAnswersTheMoveAsItIsNow() {
    copying();
    String pause = "POST /cluster/migrations/1/pause";
    cluster.leader(pause).header("Idempotency-Key", "k").wants(200);
    order("resume");
    Answer again = cluster.follower(pause).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals("running", again.json().path("state").asText());
    Answer late = cluster.leader(pause).header("If-Match", "\"0\"").wants(412);
    assertEquals(1, late.json().path("current_version").asLong());
  }

  @Test
  void whatIsNotThere() {
    for (String line :
        List.of(
            "GET /cluster/migrations/active",
            "GET /cluster/migrations/1",
            "POST /cluster/migrations/1/cancel",
            "POST /cluster/migrations/1/pause",
            "POST /cluster/migrations/1/resume",
            "POST /cluster/migrations/18446744073709551615/retry")) {
      cluster.leader(line).wants(404);
      cluster.follower(line).wants(404);
    }
    cluster.leader("GET /cluster/migrations/-1").wants(400);
    cluster.leader("POST /cluster/migrations/one/pause").wants(400);
    assertEquals(
        "POST", cluster.leader("GET /cluster/migrations/1/pause").wants(405).header("Allow"));
    assertEquals(
        "PUT", cluster.leader("POST /cluster/migrations/1/throttle").wants(405).header("Allow"));
  }

  @Test
  void whoMay() {
    copying();
    for (String secret : List.of("read", "write")) {
      cluster.leader("GET /cluster/migrations").key(secret).wants(200);
      cluster.leader("GET /cluster/migrations/1").key(secret).wants(200);
      cluster.follower("GET /cluster/migrations/active").key(secret).wants(200);
      cluster.leader("GET /cluster/locate?point=a").key(secret).wants(200);
      cluster.leader("GET /cluster/spills").key(secret).wants(200);
      for (String order : List.of("cancel", "pause", "resume", "retry")) {
        cluster.leader("POST /cluster/migrations/1/" + order).key(secret).wants(403);
      }
      cluster
          .follower("PUT /cluster/migrations/1/throttle")
          .json("{\"points_per_second\":1}")
          .key(secret)
          .wants(403);
    }
    for (String line :
        List.of(
            "GET /cluster/migrations",
            "GET /cluster/migrations/1",
            "POST /cluster/migrations/1/cancel",
            "GET /cluster/locate?point=a",
            "GET /cluster/spills",
            "GET /internal/spills")) {
      cluster.leader(line).key("").wants(401);
    }
    assertEquals(Phase.COPYING, cluster.log.active().phase());
  }

  @Test
  void theListIsNewestFirst() {
    for (int i = 0; i < 3; i++) {
      grow(Phase.FAILED);
    }
    copying();
    assertEquals(List.of(4L, 3L, 2L, 1L), ids(""));
    assertEquals(List.of(4L, 3L), ids("?limit=2"));
    assertEquals(List.of(4L, 3L, 2L, 1L), ids("?limit=18446744073709551615"));
    cluster.leader("GET /cluster/migrations?limit=all").wants(400);
    assertEquals(
        4, cluster.follower("GET /cluster/migrations/active").wants(200).json().path("id").asInt());
    assertEquals(
        "failed",
        cluster.follower("GET /cluster/migrations/3").wants(200).json().path("state").asText());
  }

  private List<Long> ids(String query) {
    List<Long> ids = new ArrayList<>();
    JsonNode list = cluster.follower("GET /cluster/migrations" + query).wants(200).json();
    list.path("migrations").forEach(move -> ids.add(move.path("id").asLong()));
    return ids;
  }

  @Test
  void aMoveInJson() throws Exception {
    copying();
    cluster.log.log(
        new Command.MigrationProgress(
            1,
            Phase.COPYING,
            new MoveProgress(
                90_000,
                30_211,
                15_400_000,
                41_000,
                1,
                List.of(new MovePart("docs", 0, 2, 30_000, 30_000, 29_999, "x", true))),
            Optional.of(ROUTER),
            cluster.log.term()));
    Migration move = cluster.log.active();
    JsonNode json = cluster.leader("GET /cluster/migrations/1").wants(200).json();
    List<Long> steps = move.steps().stream().map(step -> step.epochMillis()).toList();
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"id": 1, "kind": "grow", "shard_id": 2, "target_url": "http://n4:6333",
                 "phase": "COPYING", "state": "running", "reversible": true, "runner": "c1",
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
                   {"phase": "COPYING", "index": 4, "term": 1, "node": "c1", "at": "%s"}]}"""
                    .formatted(
                        Json.time(steps.get(0)),
                        Json.time(move.updatedMillis()),
                        Json.time(steps.get(0)),
                        Json.time(steps.get(1)),
                        Json.time(steps.get(2)),
                        Json.time(steps.get(3)))),
        json);
    assertEquals(json, cluster.follower("GET /cluster/status").wants(200).json().path("migration"));
  }

  @Test
  void noMoveInTheStatus() {
    assertTrue(cluster.leader("GET /cluster/status").wants(200).json().path("migration").isNull());
  }

  @Test
  void alarms() {
    assertEquals(List.of(), alarmsOf("migration_holding", "left_dirty", "manual_membership"));
    flipped();
    cluster.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold();
    assertEquals(
        List.of(
            "warning migration 1 holds in phase DROPPING: waits for router: http://r2:6330 still"
                + " serves map version 5"),
        alarmsOf("migration_holding"));
    hold(TestMember.NOW.minusSeconds(60));
    cluster.leader("POST /cluster/migrations/1/retry?skip=1").wants(200);
    assertEquals(List.of(), alarmsOf("migration_holding", "manual_membership"));
    assertEquals(1, alarmsOf("left_dirty").size());
    cluster.log.advance(Phase.COOLING, Phase.DONE);
    String dirty = alarmsOf("left_dirty").get(0);
    assertTrue(dirty.contains("http://127.0.0.1:2") && dirty.contains("drain it"), dirty);
    cluster.log.log(new Command.AddJoiningShard("http://n5:1", List.of()));
    cluster.log.log(new Command.MarkLeaving(0));
    assertEquals(2, alarmsOf("manual_membership").size());
  }

  @Test
  void aUrlThatWasFoundEmptyLaterIsNotDirtyAnyMore() {
    copying();
    order("cancel");
    hold();
    cluster.log.log(new Command.RetryMigration(1, OptionalLong.of(2)));
    cluster.log.advance(Phase.REVERTED);
    assertEquals(1, alarmsOf("left_dirty").size());
    grow(Phase.FAILED);
    assertEquals(1, alarmsOf("left_dirty").size());
    grow(Phase.JOINING);
    assertEquals(List.of(), alarmsOf("left_dirty", "manual_membership"));
  }

  @Test
  void copiesThatMayBeTheOnlyOnesAreNotToBeDeleted() {
    flipped();
    cluster.log.advance(Phase.SETTLING);
    hold();
    cluster.log.log(new Command.RetryMigration(1, OptionalLong.of(newest().plan().shardId())));
    assertTrue(cluster.log.active().keepCopies());
    List<String> alarms = alarmsOf("left_dirty");
    assertEquals(cluster.log.state().map().shards().size() - 1, alarms.size());
    alarms.forEach(
        alarm -> assertTrue(alarm.contains("the only ones") && !alarm.contains("empty"), alarm));
  }

  @Test
  void aMoveThatEndedAlthoughSearchesShowDroppedPointsSaysSo() {
    flipped();
    cluster.log.advance(Phase.SETTLING, Phase.DROPPING, Phase.COOLING);
    cluster.log.log(
        new Command.AdvanceMigration(
            1,
            Phase.COOLING,
            Phase.DONE,
            "cooling timed out: searches on http://127.0.0.1:2 still show dropped points of docs",
            cluster.log.term()));
    assertTrue(
        cluster
            .leader("GET /cluster/migrations/1")
            .wants(200)
            .json()
            .path("error")
            .asText()
            .startsWith("cooling timed out"));
    assertTrue(alarmsOf("cooling_timed_out").get(0).contains("http://127.0.0.1:2"));
    cluster.log.log(
        new Command.StartMigration(
            new MovePlan(MigrationKind.GROW, 0, "http://n5:6333", List.of(), false, List.of()),
            0,
            cluster.log.term()));
    cluster.log.advance(Phase.FAILED);
    assertEquals(List.of(), alarmsOf("cooling_timed_out"), "until the next move has ended");
  }

  private List<String> alarmsOf(String... codes) {
    List<String> found = new ArrayList<>();
    for (JsonNode alarm : cluster.leader("GET /cluster/status").wants(200).json().path("alarms")) {
      if (List.of(codes).contains(alarm.path("code").asText())) {
        found.add(alarm.path("severity").asText() + " " + alarm.path("detail").asText());
      }
    }
    return found;
  }
}
