package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.api.TwoMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code grow} and {@code drain} answer, and what they leave in the log. */
class MoveRoutesTest {
  private static final String GROW = "POST /cluster/shards/grow";
  private static final String N4 = "{\"primary_url\":\"http://n4:6333\"}";

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

  /** Does the first thing that the engine does with a move, or gives it up. */
  private void engine(Phase grow, Phase drain) {
    cluster.log.subscribe(
        applied ->
            applied
                .state()
                .migrations()
                .active()
                .filter(move -> move.phase() == Phase.PREPARED)
                .ifPresent(
                    move ->
                        CompletableFuture.runAsync(
                            () ->
                                cluster.log.log(
                                    new Command.AdvanceMigration(
                                        move.id(),
                                        Phase.PREPARED,
                                        move.plan().kind() == MigrationKind.GROW ? grow : drain,
                                        "the shard is not empty any more",
                                        cluster.log.term())),
                            CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))));
  }

  private void publishing() {
    engine(Phase.JOINING, Phase.LEAVING);
  }

  private long entries() {
    return cluster.log.current().index();
  }

  @Test
  void growAnswersWithTheJoiningMap() {
    publishing();
    Answer answer =
        cluster
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
        Long.toString(cluster.log.active().lastStep().index()),
        answer.header("X-Quiver-Applied-Index"));
    assertEquals(List.of("grow  http://n4:6333[http://n4b:6333]"), cluster.checks.asked());
    assertEquals(List.of("old"), cluster.log.active().plan().collectionsBefore());
    assertTrue(cluster.log.active().plan().adoptionAssumed());
    assertEquals(500, cluster.log.active().throttlePointsPerSecond());
  }

  @Test
  void drainAnswersWithTheLeavingMap() {
    publishing();
    Answer answer = cluster.leader("POST /cluster/shards/1/drain").wants(200);
    assertEquals("[1]", answer.json().path("leaving").toString());
    assertEquals(1, answer.json().path("shards").path(0).path("id").asInt());
    assertEquals(List.of("drain 1"), cluster.checks.asked());
  }

  @Test
  void aFollowerPassesItOnAndTheChecksRunOnce() {
    publishing();
    Answer answer = cluster.follower(GROW).json(N4).wants(200);
    assertEquals("[2]", answer.json().path("joining").toString());
    assertEquals("c2", answer.header("X-Quiver-Node"));
    assertEquals(1, cluster.checks.asked().size());
    cluster.log.advance(Phase.REVERTING, Phase.REVERTED);
    assertEquals(
        "[0]",
        cluster
            .follower("POST /cluster/shards/0/drain")
            .wants(200)
            .json()
            .path("leaving")
            .toString());
  }

  @Test
  void aFailedCheckIsNamedAndNothingIsLogged() {
    cluster.checks.failing(
        new MoveChecks.Check("target_empty", Optional.of(false), "docs has 3 points"));
    long before = entries();
    for (TwoMembers.Call call : List.of(cluster.leader(GROW), cluster.follower(GROW))) {
      Answer answer = call.json(N4).header("Idempotency-Key", "k").wants(409);
      assertEquals("target_empty", answer.json().path("check").asText());
      assertTrue(answer.json().path("detail").asText().contains("docs has 3 points"));
    }
    assertEquals(before, entries());
    assertEquals(2, cluster.log.state().nextId());
  }

  @Test
  void checksThatCannotBeMadeStartNothing() {
    cluster.checks.answering(
        well -> CompletableFuture.failedFuture(new IllegalStateException("x")));
    long before = entries();
    assertEquals("1", cluster.leader(GROW).json(N4).wants(503).header("Retry-After"));
    cluster.checks.answering(well -> new CompletableFuture<>());
    assertTrue(
        cluster
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
    cluster.leader(GROW).json("{\"primary_url\":\"ftp://n4\"}").wants(400);
    assertEquals(3, cluster.log.state().nextId());
    String known = "{\"primary_url\":\"HTTP://127.0.0.1:2/\"}";
    cluster.leader(GROW).json(known).header("Idempotency-Key", "k").wants(409);
    assertEquals(4, cluster.log.state().nextId());
    Answer again = cluster.follower(GROW).json(known).header("Idempotency-Key", "k").wants(409);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals("duplicate_url", again.json().path("reason").asText());
    assertEquals(4, cluster.log.state().nextId());
    assertEquals(List.of(), cluster.checks.asked());
  }

  @Test
  void aDrainThatTheMapRefuses() {
    cluster.leader("POST /cluster/shards/9/drain").wants(400);
    cluster.leader("POST /cluster/shards/x/drain").wants(400);
    cluster.log.log(new Command.RemoveShard(0));
    cluster.leader("POST /cluster/shards/1/drain").wants(400);
    assertEquals(List.of(), cluster.checks.asked());
  }

  @Test
  void whileAMoveIsActiveNoOtherStarts() {
    publishing();
    cluster.leader(GROW).json(N4).wants(200);
    long before = entries();
    for (String query : List.of("", "?dry_run=true")) {
      for (Answer answer :
          List.of(
              cluster.leader(GROW + query).json("{\"primary_url\":\"http://n5:1\"}").wants(409),
              cluster.follower("POST /cluster/shards/0/drain" + query).wants(409))) {
        assertEquals(1, answer.json().path("migration").asLong());
        assertEquals("migration_active", answer.json().path("reason").asText());
      }
    }
    assertEquals(before, entries());
    assertEquals(1, cluster.checks.asked().size());
  }

  @Test
  void byHandNothingIsChangedBesideAMove() {
    publishing();
    cluster.leader(GROW).json(N4).wants(200);
    for (Answer answer :
        List.of(
            cluster.leader("POST /cluster/shards").json("{\"primary_url\":\"http://n5:1\"}").send(),
            cluster.leader("POST /cluster/shards/2/promote").send(),
            cluster.follower("DELETE /cluster/shards/0").send(),
            cluster
                .leader("POST /cluster/shards/0/replicas")
                .json("{\"url\":\"http://r:1\"}")
                .send())) {
      assertEquals(409, answer.status(), answer.text());
      assertEquals(1, answer.json().path("migration").asLong(), answer.text());
    }
  }

  @Test
  void aManualMembershipIsInTheWay() {
    cluster.log.log(new Command.AddJoiningShard("http://n3:1", List.of()));
    Answer answer = cluster.leader(GROW).json(N4).wants(409);
    assertEquals("manual_membership", answer.json().path("reason").asText());
    cluster.leader("POST /cluster/shards/0/drain").wants(409);
    assertEquals(3, cluster.log.state().nextId());
    assertEquals(List.of(), cluster.checks.asked());
  }

  @Test
  void onlyAtThisVersionOfTheMap() {
    publishing();
    Answer answer = cluster.leader(GROW).json(N4).header("If-Match", "\"7\"").wants(412);
    assertEquals(0, answer.json().path("current_version").asLong());
    assertEquals(2, cluster.log.state().nextId());
    assertEquals(List.of(), cluster.checks.asked());
    cluster.leader(GROW).json(N4).header("If-Match", "\"0\"").wants(200);
  }

  @Test
  void whatWasCheckedAgainstAnotherMapIsCheckedAgain() {
    publishing();
    cluster.checks.answering(
        well -> {
          if (cluster.checks.asked().size() == 1) {
            cluster.log.log(new Command.AddShard("http://late:1", List.of()));
          }
          return well;
        });
    cluster.leader(GROW).json(N4).wants(200);
    assertEquals(2, cluster.checks.asked().size());
    assertEquals(1, cluster.log.active().versionBefore());
  }

  @Test
  void whatAnEarlierLeaderCheckedIsNotStarted() {
    cluster.checks.answering(
        well -> {
          cluster.log.elect("c1");
          return well;
        });
    assertEquals(503, cluster.leader(GROW).json(N4).send().status());
    assertTrue(cluster.log.state().migrations().active().isEmpty());
  }

  @Test
  void aMapThatIsNotPublishedInTimeIsAnUnknownOutcomeWithTheMove() {
    for (TwoMembers.Call call :
        List.of(
            cluster.leader(GROW).json(N4).header("Idempotency-Key", "k"),
            cluster.follower(GROW).json(N4).header("Idempotency-Key", "k"))) {
      assertEquals(1, call.wants(504).json().path("migration").asLong());
    }
    publishing();
    cluster.log.log(new Command.ThrottleMigration(1, 1));
    Answer again = cluster.leader(GROW).json(N4).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals("[2]", again.json().path("joining").toString());
  }

  @Test
  void aMoveThatFailsMeanwhileIsAConflictWithItsReason() {
    engine(Phase.FAILED, Phase.FAILED);
    Answer answer = cluster.follower(GROW).json(N4).wants(409);
    assertEquals(1, answer.json().path("migration").asLong());
    assertTrue(answer.json().path("detail").asText().contains("not empty any more"));
    assertEquals(
        "[]", cluster.leader("GET /cluster/map").wants(200).json().path("joining").toString());
  }

  @Test
  void aMoveThatIsCancelledBeforeItsMapIsAConflict() {
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> cluster.leader(GROW).json(N4).send());
    Awaitility.await().until(() -> cluster.log.state().migrations().active().isPresent());
    cluster.leader("POST /cluster/migrations/1/cancel").wants(200);
    assertEquals(409, answer.join().status(), answer.join().text());
  }

  @Test
  void aRepetitionAnswersTheCurrentMapAndStartsNothing() {
    publishing();
    cluster.leader(GROW).json(N4).header("Idempotency-Key", "k").wants(200);
    cluster.log.advance(
        Phase.ADOPTING,
        Phase.COPYING,
        Phase.VERIFYING,
        Phase.WARMING,
        Phase.PROMOTED,
        Phase.SETTLING,
        Phase.DROPPING,
        Phase.COOLING,
        Phase.DONE);
    for (TwoMembers.Call call : List.of(cluster.leader(GROW), cluster.follower(GROW))) {
      Answer again = call.json(N4).header("Idempotency-Key", "k").wants(200);
      assertEquals("true", again.header("Idempotent-Replay"));
      assertEquals(2, again.json().path("version").asLong());
    }
    assertEquals(1, cluster.checks.asked().size());
    assertEquals(2, cluster.log.state().migrations().nextId());
    cluster
        .leader(GROW)
        .json("{\"primary_url\":\"http://other:1\"}")
        .header("Idempotency-Key", "k")
        .wants(422);
  }

  @Test
  void aDryRunSaysEverythingAndLogsNothing() throws Exception {
    long before = entries();
    for (TwoMembers.Call call :
        List.of(
            cluster.leader(GROW + "?dry_run=true").json(N4),
            cluster.follower(GROW + "?dry_run=true").json(N4).header("Idempotency-Key", "k"))) {
      assertEquals(
          new ObjectMapper()
              .readTree(
                  """
                  {"accepted":true,"estimated_seconds":12,"checks":[
                  {"name":"routers","ok":true,"detail":"all confirm map version 0"},
                  {"name":"alias","ok":null,"detail":"not run"}],
                  "moves":[{"collection":"docs","from":0,"to":18446744073709551615,"points":7446,
                  "bytes":2000000,"estimated":true}]}"""),
          call.wants(200).json());
    }
    cluster.checks.failing(new MoveChecks.Check("scope", Optional.of(false), "a scoped key"));
    Answer failed = cluster.leader("POST /cluster/shards/0/drain?dry_run=true").wants(200);
    assertEquals("false", failed.json().path("accepted").toString());
    assertEquals("null", failed.json().path("estimated_seconds").toString());
    assertEquals("false", failed.json().path("checks").path(1).path("ok").toString());
    cluster.leader(GROW + "?dry_run=true").json("{\"primary_url\":\"ftp://n4\"}").wants(400);
    cluster.leader("POST /cluster/shards/9/drain?dry_run").wants(400);
    cluster.leader(GROW + "?dry_run=maybe").json(N4).wants(400);
    assertEquals(before, entries());
    assertEquals("drain 0 dry", cluster.checks.asked().get(2));
  }

  @Test
  void whoMayAndInWhichShape() {
    for (String secret : List.of("read", "write")) {
      cluster.leader(GROW).json(N4).key(secret).wants(403);
      cluster.follower(GROW + "?dry_run=true").json(N4).key(secret).wants(403);
      cluster.leader("POST /cluster/shards/0/drain").key(secret).wants(403);
    }
    cluster.leader(GROW).json(N4).key("").wants(401);
    cluster.leader("POST /cluster/shards/0/drain").key("wrong").wants(401);
    cluster.leader(GROW).wants(415);
    cluster.leader(GROW).json("{").wants(400);
    cluster.leader(GROW).json("{}").wants(422);
    cluster.leader(GROW).json("{\"primary_url\":4}").wants(422);
    cluster.leader(GROW).json("{\"primary_url\":\"http://n4:1\",\"replica_urls\":{}}").wants(422);
    assertEquals(2, cluster.log.state().nextId());
    assertEquals(List.of(), cluster.checks.asked());
  }
}
