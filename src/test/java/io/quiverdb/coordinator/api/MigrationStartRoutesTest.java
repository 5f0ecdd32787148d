// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.state.Walk;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The answers of {@code grow} and {@code drain}, and their entries in the log. */
class MigrationStartRoutesTest extends OnFakeMembers {
  private static final String GROW = "POST /cluster/shards/grow";
  private static final String N4 = "{\"primary_url\":\"http://n4:6333\"}";

  /** Does the first thing that the engine does with a migration, or gives it up. */
  private void engine(Phase grow, Phase drain) {
    members
        .log
        .view()
        .subscribe(
            applied ->
                applied
                    .state()
                    .migrations()
                    .active()
                    .filter(migration -> migration.phase() == Phase.PREPARED)
                    .ifPresent(
                        migration ->
                            CompletableFuture.runAsync(
                                () ->
                                    members.log.log(
                                        new Command.AdvanceMigration(
                                            migration.id(),
                                            Phase.PREPARED,
                                            migration.plan().kind() == MigrationKind.GROW
                                                ? grow
                                                : drain,
                                            "the shard is not empty any more",
                                            members.log.term())),
                                CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))));
  }

  private void publishing() {
    engine(Phase.JOINING, Phase.LEAVING);
  }

  private long entries() {
    return members.log.view().current().index();
  }

  @Test
  void growAnswersWithTheJoiningMap() {
    publishing();
    Answer answer =
        members
            .leader(GROW)
            .json("{\"primary_url\":\" http://n4:6333\",\"replica_urls\":[\"http://n4b:6333\"]}")
            .wants(200);
    assertEquals(
        "{\"version\":1,\"shards\":["
            + "{\"id\":0,\"primary_url\":\"http://127.0.0.1:1\",\"replica_urls\":[]},"
            + "{\"id\":1,\"primary_url\":\"http://127.0.0.1:2\",\"replica_urls\":[]},"
            + "{\"id\":2,\"primary_url\":\"http://n4:6333\",\"replica_urls\":[\"http://n4b:6333\"]}"
            + "],\"joining\":[2],\"leaving\":[]}",
        answer.text());
    assertEquals(
        Long.toString(members.log.active().lastStep().index()),
        answer.header("X-Quiver-Applied-Index"));
    assertEquals(List.of("grow http://n4:6333[http://n4b:6333]"), members.checks.asked());
    assertEquals(1, members.checks.prepared());
    assertEquals(List.of("old"), members.log.active().plan().collectionsBefore());
    assertTrue(members.log.active().plan().adoptionAssumed());
    assertEquals(500, members.log.active().throttlePointsPerSecond());
  }

  @Test
  void drainAnswersWithTheLeavingMap() {
    publishing();
    Answer answer = members.leader("POST /cluster/shards/1/drain").wants(200);
    assertEquals("[1]", answer.json().path("leaving").toString());
    assertEquals(1, answer.json().path("shards").path(0).path("id").asInt());
    assertEquals(List.of("drain 1"), members.checks.asked());
  }

  @Test
  void aFollowerPassesItOnAndTheChecksRunOnce() {
    publishing();
    Answer answer = members.follower(GROW).json(N4).wants(200);
    assertEquals("[2]", answer.json().path("joining").toString());
    assertEquals("c2", answer.header("X-Quiver-Node"));
    assertEquals(1, members.checks.asked().size());
    members.log.advance(Phase.REVERTING, Phase.REVERTED);
    assertEquals(
        "[0]",
        members
            .follower("POST /cluster/shards/0/drain")
            .wants(200)
            .json()
            .path("leaving")
            .toString());
  }

  @Test
  void aFailedCheckIsNamedAndNothingIsLogged() {
    members.checks.failing(new Check("target_empty", Optional.of(false), "docs has 3 points"));
    long before = entries();
    for (FakeMembers.Call call : List.of(members.leader(GROW), members.follower(GROW))) {
      Answer answer = call.json(N4).header("Idempotency-Key", "k").wants(409);
      assertEquals("target_empty", answer.json().path("check").asText());
      assertTrue(answer.json().path("detail").asText().contains("docs has 3 points"));
    }
    assertEquals(before, entries());
    assertEquals(2, members.log.state().nextId());
  }

  @Test
  void checksThatCannotBeMadeStartNothing() {
    members.checks.answering(
        well -> CompletableFuture.failedFuture(new IllegalStateException("x")));
    long before = entries();
    assertEquals("1", members.leader(GROW).json(N4).wants(503).header("Retry-After"));
    members.checks.answering(well -> new CompletableFuture<>());
    assertTrue(
        members
            .leader(GROW)
            .json(N4)
            .wants(503)
            .json()
            .path("detail")
            .asText()
            .contains("did not end within"));
    assertEquals(before, entries());
  }

  @Test
  void aUrlThatIsRefusedUsesUpAnIdAndIsNotChecked() {
    members.leader(GROW).json("{\"primary_url\":\"ftp://n4\"}").wants(400);
    assertEquals(3, members.log.state().nextId());
    String known = "{\"primary_url\":\"HTTP://127.0.0.1:2/\"}";
    members.leader(GROW).json(known).header("Idempotency-Key", "k").wants(409);
    assertEquals(4, members.log.state().nextId());
    Answer again = members.follower(GROW).json(known).header("Idempotency-Key", "k").wants(409);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals("duplicate_url", again.json().path("reason").asText());
    assertEquals(4, members.log.state().nextId());
    assertEquals(List.of(), members.checks.asked());
  }

  @Test
  void aDrainThatTheMapRefuses() {
    members.leader("POST /cluster/shards/9/drain").wants(400);
    members.leader("POST /cluster/shards/x/drain").wants(400);
    members.log.log(new Command.RemoveShard(0));
    members.leader("POST /cluster/shards/1/drain").wants(400);
    assertEquals(List.of(), members.checks.asked());
  }

  @Test
  void whileAMigrationIsActiveNoOtherStarts() {
    publishing();
    members.leader(GROW).json(N4).wants(200);
    long before = entries();
    for (String query : List.of("", "?dry_run=true")) {
      for (Answer answer :
          List.of(
              members.leader(GROW + query).json("{\"primary_url\":\"http://n5:1\"}").wants(409),
              members.follower("POST /cluster/shards/0/drain" + query).wants(409))) {
        assertEquals(1, answer.json().path("migration").asLong());
        assertEquals("migration_active", answer.json().path("reason").asText());
      }
    }
    assertEquals(before, entries());
    assertEquals(1, members.checks.asked().size());
    // Those of dry runs were none.
    assertEquals(List.of(Refusal.MIGRATION_ACTIVE, Refusal.MIGRATION_ACTIVE), members.refusals());
  }

  @Test
  void byHandNothingIsChangedBesideAMigration() {
    publishing();
    members.leader(GROW).json(N4).wants(200);
    for (Answer answer :
        List.of(
            members.leader("POST /cluster/shards").json("{\"primary_url\":\"http://n5:1\"}").send(),
            members.leader("POST /cluster/shards/2/promote").send(),
            members.follower("DELETE /cluster/shards/0").send(),
            members
                .leader("POST /cluster/shards/0/replicas")
                .json("{\"url\":\"http://r:1\"}")
                .send())) {
      assertEquals(409, answer.status(), answer.text());
      assertEquals(1, answer.json().path("migration").asLong(), answer.text());
    }
  }

  @Test
  void aManualMembershipIsInTheWay() {
    members.log.log(new Command.AddJoiningShard("http://n3:1", List.of()));
    Answer answer = members.leader(GROW).json(N4).wants(409);
    assertEquals("manual_membership", answer.json().path("reason").asText());
    members.leader("POST /cluster/shards/0/drain").wants(409);
    assertEquals(3, members.log.state().nextId());
    assertEquals(List.of(), members.checks.asked());
  }

  @Test
  void onlyAtThisVersionOfTheMap() {
    publishing();
    Answer answer = members.leader(GROW).json(N4).header("If-Match", "\"7\"").wants(412);
    assertEquals(0, answer.json().path("current_version").asLong());
    assertEquals(2, members.log.state().nextId());
    assertEquals(List.of(), members.checks.asked());
    members.leader(GROW).json(N4).header("If-Match", "\"0\"").wants(200);
  }

  @Test
  void whatWasCheckedAgainstAnotherMapIsCheckedAgain() {
    publishing();
    members.checks.answering(
        well -> {
          if (members.checks.asked().size() == 1) {
            members.log.log(new Command.AddShard("http://late:1", List.of()));
          }
          return well;
        });
    members.leader(GROW).json(N4).wants(200);
    assertEquals(2, members.checks.asked().size());
    assertEquals(1, members.log.active().versionBefore());
  }

  /** The caller expected no version, so 412 would be wrong. */
  @Test
  void alsoIfTheMapChangesWhileTheStartIsLogged() {
    publishing();
    members.log.beforeNext(new Command.AddShard("http://late:1", List.of()));
    members.leader(GROW).json(N4).header("Idempotency-Key", "k").wants(200);
    assertEquals(2, members.checks.asked().size());
    assertEquals(1, members.log.active().versionBefore());
  }

  @Test
  void whatAnEarlierLeaderCheckedIsNotStarted() {
    members.checks.answering(
        well -> {
          members.log.elect("c1");
          return well;
        });
    assertEquals(503, members.leader(GROW).json(N4).send().status());
    assertTrue(members.log.state().migrations().active().isEmpty());
  }

  @Test
  void aMapThatIsNotPublishedInTimeIsAnUnknownOutcomeWithTheMigration() {
    for (FakeMembers.Call call :
        List.of(
            members.leader(GROW).json(N4).header("Idempotency-Key", "k"),
            members.follower(GROW).json(N4).header("Idempotency-Key", "k"))) {
      assertEquals(1, call.wants(504).json().path("migration").asLong());
    }
    publishing();
    members.log.log(new Command.ThrottleMigration(1, 1));
    Answer again = members.leader(GROW).json(N4).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals("[2]", again.json().path("joining").toString());
  }

  @Test
  void aMigrationThatFailsMeanwhileIsAConflictWithItsReason() {
    engine(Phase.FAILED, Phase.FAILED);
    Answer answer = members.follower(GROW).json(N4).wants(409);
    assertEquals(1, answer.json().path("migration").asLong());
    assertTrue(answer.json().path("detail").asText().contains("not empty any more"));
    assertEquals(
        "[]", members.leader("GET /cluster/map").wants(200).json().path("joining").toString());
  }

  @Test
  void aMigrationThatIsCancelledBeforeItsMapIsAConflict() {
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> members.leader(GROW).json(N4).send());
    Awaitility.await().until(() -> members.log.state().migrations().active().isPresent());
    members.leader("POST /cluster/migrations/1/cancel").wants(200);
    assertEquals(409, answer.join().status(), answer.join().text());
  }

  @Test
  void aRepetitionAnswersTheCurrentMapAndStartsNothing() {
    publishing();
    members.leader(GROW).json(N4).header("Idempotency-Key", "k").wants(200);
    int next = Walk.GROW.indexOf(Phase.ADOPTING);
    members.log.advance(Walk.GROW.subList(next, Walk.GROW.size()).toArray(Phase[]::new));
    for (FakeMembers.Call call : List.of(members.leader(GROW), members.follower(GROW))) {
      Answer again = call.json(N4).header("Idempotency-Key", "k").wants(200);
      assertEquals("true", again.header("Idempotent-Replay"));
      assertEquals(2, again.json().path("version").asLong());
    }
    assertEquals(1, members.checks.asked().size());
    assertEquals(1, members.checks.prepared());
    assertEquals(2, members.log.state().migrations().nextId());
    members
        .leader(GROW)
        .json("{\"primary_url\":\"http://other:1\"}")
        .header("Idempotency-Key", "k")
        .wants(422);
  }

  @Test
  void aDryRunSaysEverythingAndLogsNothing() throws Exception {
    long before = entries();
    for (FakeMembers.Call call :
        List.of(
            members.leader(GROW + "?dry_run=true").json(N4),
            members.follower(GROW + "?dry_run=true").json(N4).header("Idempotency-Key", "k"))) {
      assertEquals(
          new ObjectMapper()
              .readTree(
                  """
                  {"accepted":true,"estimated_seconds":12,"checks":[
                  {"name":"routers","ok":true,"detail":"all confirm map version 0"},
                  {"name":"alias","ok":null,"detail":"not run"}],
                  "points":7446,"bytes":2000000,
                  "moves":[{"collection":"docs","from":0,"to":18446744073709551615,"points":7446,
                  "bytes":2000000,"estimated":true}],"moves_left_out":0}\
                  """),
          call.wants(200).json());
    }
    members.checks.failing(new Check("scope", Optional.of(false), "a scoped key"));
    Answer failed = members.leader("POST /cluster/shards/0/drain?dry_run=true").wants(200);
    assertEquals("false", failed.json().path("accepted").toString());
    assertEquals("null", failed.json().path("estimated_seconds").toString());
    assertEquals("false", failed.json().path("checks").path(1).path("ok").toString());
    members.leader(GROW + "?dry_run=true").json("{\"primary_url\":\"ftp://n4\"}").wants(400);
    members.leader("POST /cluster/shards/9/drain?dry_run").wants(400);
    members.leader(GROW + "?dry_run=maybe").json(N4).wants(400);
    assertEquals(before, entries());
    assertEquals("drain 0 dry", members.checks.asked().get(2));
    assertEquals(0, members.checks.prepared());
  }

  @Test
  void whoMayAndInWhichShape() {
    for (String secret : List.of("read", "write")) {
      members.leader(GROW).json(N4).key(secret).wants(403);
      members.follower(GROW + "?dry_run=true").json(N4).key(secret).wants(403);
      members.leader("POST /cluster/shards/0/drain").key(secret).wants(403);
    }
    members.leader(GROW).json(N4).key("").wants(401);
    members.leader("POST /cluster/shards/0/drain").key("wrong").wants(401);
    members.leader(GROW).wants(415);
    members.leader(GROW).json("{").wants(400);
    members.leader(GROW).json("{}").wants(422);
    members.leader(GROW).json("{\"primary_url\":4}").wants(422);
    members.leader(GROW).json("{\"primary_url\":\"http://n4:1\",\"replica_urls\":{}}").wants(422);
    assertEquals(2, members.log.state().nextId());
    assertEquals(List.of(), members.checks.asked());
  }
}
