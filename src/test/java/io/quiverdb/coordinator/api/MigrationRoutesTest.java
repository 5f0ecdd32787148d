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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The moves over REST, and what an operator can do in which of their states. */
class MigrationRoutesTest extends OnTwoMembers {
  private static final WaitingOn ROUTER =
      new WaitingOn(
          "router", "http://r2:6330 still serves map version 5", 1_764_000_000_000L, 12, 0);

  private void grow(Phase... phases) {
    members.log.log(
        new Command.StartMigration(
            new MovePlan(MigrationKind.GROW, 0, "http://n4:6333", List.of(), false, List.of()),
            0,
            members.log.term()));
    members.log.advance(phases);
  }

  private void copying() {
    grow(Phase.JOINING, Phase.ADOPTING, Phase.COPYING);
  }

  private void flipped() {
    copying();
    members.log.advance(Phase.VERIFYING, Phase.WARMING, Phase.PROMOTED);
  }

  private void hold() {
    hold(ROUTER);
  }

  private void hold(Instant since) {
    hold(new WaitingOn("shard", "http://127.0.0.1:2 is away", since.toEpochMilli(), 1, 0));
  }

  private void hold(WaitingOn waitingOn) {
    Migration move = members.log.active();
    members.log.log(
        new Command.HoldMigration(move.id(), move.phase(), waitingOn, members.log.term()));
  }

  private Answer order(String what) {
    long id = members.log.state().migrations().nextId() - 1;
    return members.leader("POST /cluster/migrations/" + id + "/" + what).send();
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
    Migrations all = members.log.state().migrations();
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
    members.log.advance(Phase.REVERTING, Phase.REVERTED);
    refuses("cancel", "pause", "resume", "retry");
    grow(Phase.FAILED);
    refuses("cancel", "pause", "resume", "retry");
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING, Phase.COOLING, Phase.DONE);
    refuses("cancel", "pause", "resume", "retry");
  }

  @Test
  void aDeadShardIsSkippedAndShows() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold();
    members.leader("POST /cluster/migrations/1/retry?skip=x").wants(400);
    members.leader("POST /cluster/migrations/1/retry?skip=77").wants(404);
    hold(TestMember.NOW.minusSeconds(59));
    assertTrue(
        members
            .leader("POST /cluster/migrations/1/retry?skip=1")
            .wants(409)
            .json()
            .path("detail")
            .asText()
            .contains("after 60 s"));
    hold(new WaitingOn("router", "http://r2:6330 is away", 0, 1, 0));
    assertTrue(
        members
            .leader("POST /cluster/migrations/1/retry?skip=1")
            .wants(409)
            .json()
            .path("detail")
            .asText()
            .contains("(http://127.0.0.1:2) is not what the move waits for: router"));
    hold(new WaitingOn("shard", "http://127.0.0.1:24 is away", 0, 1, 0));
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(409);
    hold(TestMember.NOW.minusSeconds(60));
    Answer answer = members.follower("POST /cluster/migrations/1/retry?skip=1").wants(200);
    assertEquals("[\"http://127.0.0.1:2\"]", answer.json().path("left_dirty").toString());
  }

  @Test
  void aSkipThatIsRepeatedIsAnsweredAsTheFirstTime() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold(TestMember.NOW.minusSeconds(60));
    String skip = "POST /cluster/migrations/1/retry?skip=1";
    Answer first = members.follower(skip).header("Idempotency-Key", "k").wants(200);
    hold(new WaitingOn("router", "http://r2:6330 is away", 0, 1, 0));
    Answer again = members.follower(skip).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals(first.json().path("left_dirty"), again.json().path("left_dirty"));
    members.leader(skip).wants(409);
  }

  @Test
  void aSkipUnderAKeyThatWasForSomethingElseIsRefusedForThat() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    members.leader("POST /cluster/ids").header("Idempotency-Key", "k").wants(200);
    hold(TestMember.NOW.minusSeconds(5));
    String skip = "POST /cluster/migrations/1/retry?skip=1";
    members.leader(skip).header("Idempotency-Key", "k").wants(422);
  }

  @Test
  void keepCopiesIsForDrains() {
    members.log.log(
        new Command.StartMigration(
            new MovePlan(MigrationKind.DRAIN, 1, "", List.of(), false, List.of()),
            0,
            members.log.term()));
    members.log.advance(Phase.LEAVING, Phase.ADOPTING);
    members.leader("POST /cluster/migrations/1/cancel?keep_copies=perhaps").wants(400);
    members.leader("POST /cluster/migrations/1/cancel?keep_copies=true").wants(200);
    assertTrue(members.log.active().keepCopies());
  }

  @Test
  void throttle() {
    copying();
    String throttle = "PUT /cluster/migrations/1/throttle";
    Answer answer = members.follower(throttle).json("{\"points_per_second\":5000}").wants(200);
    assertEquals(5000, answer.json().path("throttle_points_per_second").asLong());
    assertEquals("c2", answer.header("X-Quiver-Node"));
    members.leader(throttle).json("{\"points_per_second\":0}").wants(200);
    members.leader(throttle).wants(415);
    for (String body :
        List.of(
            "{}",
            "[]",
            "{\"points_per_second\":null}",
            "{\"points_per_second\":-1}",
            "{\"points_per_second\":1.5}",
            "{\"points_per_second\":\"5\"}",
            "{\"points_per_second\":9223372036854775808}")) {
      members.leader(throttle).json(body).wants(422);
    }
    members.leader(throttle).json("{").wants(400);
    members
        .leader("PUT /cluster/migrations/9/throttle")
        .json("{\"points_per_second\":1}")
        .wants(404);
  }

  @Test
  void aRepetitionAnswersTheMoveAsItIsNow() {
    copying();
    String pause = "POST /cluster/migrations/1/pause";
    members.leader(pause).header("Idempotency-Key", "k").wants(200);
    order("resume");
    Answer again = members.follower(pause).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals("running", again.json().path("state").asText());
    Answer late = members.leader(pause).header("If-Match", "\"0\"").wants(412);
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
      members.leader(line).wants(404);
      members.follower(line).wants(404);
    }
    members.leader("GET /cluster/migrations/-1").wants(400);
    members.leader("POST /cluster/migrations/one/pause").wants(400);
    assertEquals(
        "POST", members.leader("GET /cluster/migrations/1/pause").wants(405).header("Allow"));
    assertEquals(
        "PUT", members.leader("POST /cluster/migrations/1/throttle").wants(405).header("Allow"));
  }

  @Test
  void whoMay() {
    copying();
    for (String secret : List.of("read", "write")) {
      members.leader("GET /cluster/migrations").key(secret).wants(200);
      members.leader("GET /cluster/migrations/1").key(secret).wants(200);
      members.follower("GET /cluster/migrations/active").key(secret).wants(200);
      members.leader("GET /cluster/locate?point=a").key(secret).wants(200);
      members.leader("GET /cluster/spills").key(secret).wants(200);
      for (String order : List.of("cancel", "pause", "resume", "retry")) {
        members.leader("POST /cluster/migrations/1/" + order).key(secret).wants(403);
      }
      members
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
      members.leader(line).key("").wants(401);
    }
    assertEquals(Phase.COPYING, members.log.active().phase());
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
    assertEquals(List.of(4L, 3L, 2L, 1L), ids("?limit=9223372036854775808"));
    members.leader("GET /cluster/migrations?limit=all").wants(400);
    assertEquals(
        4, members.follower("GET /cluster/migrations/active").wants(200).json().path("id").asInt());
    assertEquals(
        "failed",
        members.follower("GET /cluster/migrations/3").wants(200).json().path("state").asText());
  }

  private List<Long> ids(String query) {
    List<Long> ids = new ArrayList<>();
    JsonNode list = members.follower("GET /cluster/migrations" + query).wants(200).json();
    list.path("migrations").forEach(move -> ids.add(move.path("id").asLong()));
    return ids;
  }

  @Test
  void aMoveInJson() throws Exception {
    copying();
    members.log.log(
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
            members.log.term()));
    Migration move = members.log.active();
    JsonNode json = members.leader("GET /cluster/migrations/1").wants(200).json();
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
    assertEquals(json, members.follower("GET /cluster/status").wants(200).json().path("migration"));
  }

  @Test
  void noMoveInTheStatus() {
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
    hold(TestMember.NOW.minusSeconds(60));
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(200);
    assertEquals(List.of(), alarmsOf("migration_holding", "manual_membership"));
    assertEquals(1, alarmsOf("left_dirty").size());
    members.log.advance(Phase.COOLING, Phase.DONE);
    String dirty = alarmsOf("left_dirty").get(0);
    assertTrue(dirty.contains("http://127.0.0.1:2") && dirty.contains("drain it"), dirty);
    members.log.log(new Command.AddJoiningShard("http://n5:1", List.of()));
    members.log.log(new Command.MarkLeaving(0));
    assertEquals(2, alarmsOf("manual_membership").size());
  }

  @Test
  void aUrlThatWasFoundEmptyLaterIsNotDirtyAnyMore() {
    copying();
    order("cancel");
    hold();
    members.log.log(new Command.RetryMigration(1, OptionalLong.of(2)));
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
    hold();
    members.log.log(new Command.RetryMigration(1, OptionalLong.of(newest().plan().shardId())));
    assertTrue(members.log.active().keepCopies());
    List<String> alarms = alarmsOf("left_dirty");
    assertEquals(members.log.state().map().shards().size() - 1, alarms.size());
    alarms.forEach(
        alarm -> assertTrue(alarm.contains("the only ones") && !alarm.contains("empty"), alarm));
  }

  @Test
  void aMoveThatEndedAlthoughSearchesShowDroppedPointsSaysSo() {
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
            new MovePlan(MigrationKind.GROW, 0, "http://n5:6333", List.of(), false, List.of()),
            0,
            members.log.term()));
    members.log.advance(Phase.FAILED);
    assertEquals(List.of(), alarmsOf("cooling_timed_out"), "until the next move has ended");
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
