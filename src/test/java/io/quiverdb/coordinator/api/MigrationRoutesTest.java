// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The migrations over REST, and what an operator can do in which of their states. */
class MigrationRoutesTest extends MigrationOnFakeMembers {
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
    hold(SHARD_AWAY);
    members.log.pass(Duration.ofSeconds(59));
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
            .contains("(http://127.0.0.1:2) is not what the migration waits for: router"));
    hold(
        new WaitingOn(
            "shard",
            "http://127.0.0.1:24 has no collection http://127.0.0.1:2",
            List.of("http://127.0.0.1:24"),
            0,
            1,
            0));
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(409);
    hold(SHARD_AWAY);
    members.log.pass(Duration.ofSeconds(60));
    Answer answer = members.follower("POST /cluster/migrations/1/retry?skip=1").wants(200);
    assertEquals("[\"http://127.0.0.1:2\"]", answer.json().path("left_dirty").toString());
  }

  @Test
  void aSkipThatIsRepeatedIsAnsweredAsTheFirstTime() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold(SHARD_AWAY);
    members.log.pass(Duration.ofSeconds(60));
    String skip = "POST /cluster/migrations/1/retry?skip=1";
    Answer first = members.follower(skip).header("Idempotency-Key", "k").wants(200);
    hold(new WaitingOn("router", "http://r2:6330 is away", 0, 1, 0));
    Answer again = members.follower(skip).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals(first.json().path("left_dirty"), again.json().path("left_dirty"));
    members.leader(skip).wants(409);
  }

  /**
   * The clock of the earlier leader was an hour ahead, so the logged beginning is in the future.
   */
  @Test
  void aSkipCountsRealTimeWhateverTheClockOfTheLeaderBefore() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    for (Duration ahead : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
      members.log.pass(Duration.ofSeconds(1));
      hold(FakeMember.NOW.plus(ahead));
      members.log.elect("c2");
      members.log.pass(Duration.ofSeconds(20));
      String detail =
          members
              .leader("POST /cluster/migrations/1/retry?skip=1")
              .wants(409)
              .json()
              .path("detail")
              .asText();
      assertTrue(detail.contains(" for only "), detail);
    }
    members.log.pass(Duration.ofSeconds(30));
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(200);
  }

  @Test
  void aRetryBeforeASkipTakesNoTimeAway() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold(SHARD_AWAY);
    members.log.pass(Duration.ofSeconds(60));
    takes("retry", "running");
    hold(SHARD_AWAY);
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(200);
  }

  /** Another task may ask the operator meanwhile, but no shard has come back. */
  @DisplayName("a question about another shard takes no time away unless the wait begins again")
  @Test
  void aQuestionAboutAnotherShardTakesNoTimeAway() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold(SHARD_AWAY);
    WaitingOn question =
        new WaitingOn("spill_threshold", "1001 are absent", List.of("http://127.0.0.1:3"), 5, 1, 0);
    hold(question);
    members.log.pass(Duration.ofSeconds(60));
    hold(SHARD_AWAY);
    WaitingOn anew = new WaitingOn("shard", "it is away", SHARD_AWAY.urls(), 5, 1, 0);
    hold(anew);
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(409);
    members.log.pass(Duration.ofSeconds(30));
    hold(question);
    members.log.pass(Duration.ofSeconds(30));
    hold(anew);
    members.leader("POST /cluster/migrations/1/retry?skip=1").wants(200);
  }

  @Test
  void aRetryIsForWhatItsCallerHasSeen() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    hold(new WaitingOn("spill_threshold", "1001 are absent", 5, 1, 0));
    String retry = "POST /cluster/migrations/1/retry?what=";
    Answer refused = members.leader(retry + "shard").wants(409);
    assertTrue(refused.json().path("detail").asText().contains("spill_threshold: 1001"));
    assertEquals(0, newest().retries());
    members.follower(retry + "spill_threshold").wants(200);
  }

  @Test
  void aRetryWhileNothingIsWaitedForIsRefusedAndARepetitionIsNot() {
    copying();
    Answer refused = order("retry");
    assertEquals(409, refused.status());
    assertTrue(refused.json().path("detail").asText().contains("waits for nothing now"));
    hold();
    String retry = "POST /cluster/migrations/1/retry";
    members.leader(retry).header("Idempotency-Key", "k").wants(200);
    Answer again = members.leader(retry).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
  }

  @Test
  void aSkipUnderAKeyThatWasForSomethingElseIsRefusedForThat() {
    flipped();
    members.log.advance(Phase.SETTLING, Phase.DROPPING);
    members.leader("POST /cluster/ids").header("Idempotency-Key", "k").wants(200);
    hold(SHARD_AWAY);
    String skip = "POST /cluster/migrations/1/retry?skip=1";
    members.leader(skip).header("Idempotency-Key", "k").wants(422);
  }

  @Test
  void keepCopiesIsForDrains() {
    members.log.log(
        new Command.StartMigration(
            new MigrationPlan(MigrationKind.DRAIN, 1, "", List.of(), false, List.of()),
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
  void aRepetitionAnswersTheMigrationAsItIsNow() {
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
    list.path("migrations").forEach(migration -> ids.add(migration.path("id").asLong()));
    return ids;
  }
}
