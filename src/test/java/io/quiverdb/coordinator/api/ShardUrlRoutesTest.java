// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Refusal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The answers to a new address of a shard, and its entries in the log. */
class ShardUrlRoutesTest extends OnFakeMembers {
  private static final String PUT = "PUT /cluster/shards/1/url";
  private static final String NEW = "{\"primary_url\":\"http://new:6333\"}";
  private static final Check OLD_LIVES =
      new Check("old_url_refuses", Optional.of(false), "http://127.0.0.1:2 takes connections");

  @BeforeEach
  void atFormat2() {
    members.log.log(new Command.RaiseFormat(2, members.log.term()));
  }

  private long entries() {
    return members.log.view().current().index();
  }

  private String lastHistory() {
    List<io.quiverdb.coordinator.model.HistoryEntry> entries =
        members.log.state().history().entries();
    return entries.get(entries.size() - 1).command();
  }

  private void moving() {
    members.log.log(
        new Command.StartMigration(
            new MigrationPlan(MigrationKind.DRAIN, 0, "", List.of(), true, List.of()),
            0,
            members.log.term()));
  }

  @Test
  void answersWithTheNewMapAtBothMembers() {
    Answer answer = members.follower(PUT).json(NEW).header("If-Match", "\"0\"").wants(200);
    assertEquals(
        "{\"version\":1,\"shards\":["
            + "{\"id\":0,\"primary_url\":\"http://127.0.0.1:1\",\"replica_urls\":[]},"
            + "{\"id\":1,\"primary_url\":\"http://new:6333\",\"replica_urls\":[]}"
            + "],\"joining\":[],\"leaving\":[]}",
        answer.text());
    assertEquals("c2", answer.header("X-Quiver-Node"));
    assertEquals(List.of("url of 1 http://new:6333"), members.checks.asked());
    assertEquals("set_shard_url 1 http://new:6333", lastHistory());
    members
        .leader(PUT + "?force=true")
        .json("{\"primary_url\":\" http://n2:1\",\"replica_urls\":[\"http://r:1\"]}")
        .wants(200);
    assertEquals(
        List.of("url of 1 http://new:6333", "url of 1 http://n2:1[http://r:1] force"),
        members.checks.asked());
    assertEquals("set_shard_url 1 http://n2:1 replicas http://r:1 force", lastHistory());
    members.leader(PUT).json("{\"primary_url\":\"http://r:1\",\"replica_urls\":[]}").wants(200);
    assertEquals("set_shard_url 1 http://r:1 no replicas", lastHistory());
    assertEquals(3, members.log.state().map().version());
    assertEquals(2, members.log.state().nextId(), "no id was used up");
  }

  @Test
  void aFailedCheckIsNamedAndNothingIsLogged() {
    members.checks.ofUrl = List.of(members.checks.ofUrl.get(0), OLD_LIVES);
    long before = entries();
    for (FakeMembers.Call call : List.of(members.leader(PUT), members.follower(PUT))) {
      Answer answer = call.json(NEW).header("Idempotency-Key", "k").wants(409);
      assertEquals("old_url_refuses", answer.json().path("check").asText());
      assertTrue(answer.json().path("detail").asText().contains("takes connections"));
    }
    assertEquals(before, entries());
    members.checks.ofUrl = List.of();
    members.leader(PUT).json(NEW).header("Idempotency-Key", "k").wants(200);
  }

  @Test
  void aDryRunSaysWhatTheChecksFoundAndLogsNothing() {
    members.checks.ofUrl =
        List.of(new Check("counts_match", Optional.empty(), "not run: force"), OLD_LIVES);
    long before = entries();
    Answer answer = members.follower(PUT + "?dry_run=true&force=true").json(NEW).wants(200);
    assertEquals(
        "{\"accepted\":false,\"checks\":["
            + "{\"name\":\"counts_match\",\"ok\":null,\"detail\":\"not run: force\"},"
            + "{\"name\":\"old_url_refuses\",\"ok\":false,"
            + "\"detail\":\"http://127.0.0.1:2 takes connections\"}]}",
        answer.text());
    members.checks.ofUrl = List.of();
    assertTrue(
        members.leader(PUT + "?dry_run").json(NEW).wants(200).json().path("accepted").asBoolean());
    assertEquals(before, entries());
  }

  @Test
  void whatTheRulesRefuseIsNotCheckedAndKeptWithItsKey() {
    for (String query : List.of("", "?dry_run=true")) {
      Answer taken =
          members
              .leader(PUT + query)
              .json("{\"primary_url\":\"http://127.0.0.1:1\"}")
              .header("Idempotency-Key", "taken")
              .wants(409);
      assertEquals("duplicate_url", taken.json().path("reason").asText());
      members.leader(PUT + query).json("{\"primary_url\":\"ftp://x\"}").wants(400);
      members.follower("PUT /cluster/shards/9/url" + query).json(NEW).wants(404);
      members.leader("PUT /cluster/shards/x/url" + query).json(NEW).wants(400);
      members.leader(PUT + query).json("{}").wants(422);
      members
          .leader(PUT + query)
          .json("{\"primary_url\":\"http://n:1\",\"replica_urls\":\"http://r:1\"}")
          .wants(422);
      members.leader(PUT + query).json(NEW).header("If-Match", "\"7\"").wants(412);
      members.leader(PUT + query).key("read").json(NEW).wants(403);
    }
    members.leader(PUT + "?forced=true").json(NEW).wants(400);
    assertEquals(List.of(), members.checks.asked());
    assertEquals(0, members.log.state().map().version());
    assertEquals(
        "true",
        members
            .leader(PUT)
            .json("{\"primary_url\":\"http://127.0.0.1:1\"}")
            .header("Idempotency-Key", "taken")
            .wants(409)
            .header("Idempotent-Replay"));
  }

  @Test
  void aRepetitionIsAnsweredAsTheFirstTimeWithoutChecks() {
    members.leader(PUT).json(NEW).header("Idempotency-Key", "k").wants(200);
    members.checks.ofUrl = List.of(OLD_LIVES);
    Answer again = members.follower(PUT).json(NEW).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals(1, members.log.state().map().version());
    members.leader(PUT + "?force=true").json(NEW).header("Idempotency-Key", "k").wants(422);
    assertEquals(1, members.checks.asked().size());
  }

  @Test
  void whileAMigrationIsActiveItIsRefusedAndNotLogged() {
    moving();
    long before = entries();
    Answer answer = members.leader(PUT + "?force=true").json(NEW).wants(409);
    assertEquals("migration_active", answer.json().path("reason").asText());
    assertEquals(1, answer.json().path("migration").asLong());
    assertEquals(before, entries());
    assertEquals(List.of(), members.checks.asked());
  }

  @Test
  void noMigrationSlipsInBetweenChecksAndEntry() {
    members.checks.meanwhile = this::moving;
    assertEquals(
        "migration_active",
        members.leader(PUT).json(NEW).wants(409).json().path("reason").asText());
  }

  /** Only the checked map is changed: a retry repeats the checks. */
  @Test
  void anotherMapIsCheckedAnew() {
    members.log.beforeNext(new Command.AddReplica(1, "http://new:6333"));
    members.leader(PUT).json(NEW).wants(200);
    assertEquals(2, members.checks.asked().size());
    assertEquals(List.of(), members.log.state().map().shards().get(1).replicaUrls());
    assertEquals(
        List.of(), members.refusals().stream().filter(Refusal.DUPLICATE_URL::equals).toList());
  }

  @Test
  void checksThatCannotBeMadeChangeNothing() {
    members.checks.meanwhile =
        () -> {
          throw new IllegalStateException("this member is shutting down");
        };
    long before = entries();
    members.leader(PUT).json(NEW).wants(503);
    assertEquals(before, entries());
  }
}
