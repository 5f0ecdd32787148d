// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The requests and output of the commands about migrations. */
class MigrationCommandsTest {
  private static final String MAP =
      """
      {"version":6,"shards":[{"id":4,"primary_url":"http://n4:6333","replica_urls":[]}],\
      "joining":[4],"leaving":[]}\
      """;
  private static final String DRY =
      """
      {"accepted":%s,"estimated_seconds":%s,"checks":[\
      {"name":"routers","ok":true,"detail":"all confirm map version 5"},\
      {"name":"target_empty","ok":%s,"detail":"docs has 3 points"},\
      {"name":"alias","ok":null,"detail":"not run"}],\
      "moves":[{"collection":"docs","from":0,"to":4,"points":7446,"bytes":2000000,\
      "estimated":true}]}\
      """;

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  private Typed succeeded(Typed typed) {
    assertEquals(0, typed.code(), typed.err());
    return typed;
  }

  @Test
  void growPrintsTheMap() {
    member.on("POST /cluster/shards/grow", 200, MAP);
    Typed typed =
        succeeded(shell.type("shards", "grow", "http://n4:6333", "--replica", "http://n4b:6333"));
    assertEquals("map version 6", typed.lines().get(0));
    assertEquals(
        "{\"primary_url\":\"http://n4:6333\",\"replica_urls\":[\"http://n4b:6333\"]}",
        member.asked().get(0).body());
    assertFalse(member.asked().get(0).header("Idempotency-key").isEmpty());
  }

  @Test
  void drainAsksFirstUnlessItIsOnlyADryRun() {
    member
        .on("POST /cluster/shards/4/drain", 200, MAP)
        .on("POST /cluster/shards/4/drain?dry_run=true", 200, DRY.formatted(true, 12, true));
    assertEquals(1, shell.type("shards", "drain", "4").code());
    assertEquals(0, member.asked().size());
    succeeded(shell.type("shards", "drain", "4", "--yes"));
    succeeded(shell.type("shards", "drain", "4", "--dry-run"));
  }

  @Test
  void aDryRunPrintsChecksAndMigrations() {
    String line = "POST /cluster/shards/grow?dry_run=true";
    member.on(line, 200, DRY.formatted(true, 12, true));
    assertEquals(
        List.of(
            "CHECK         OK       DETAIL",
            "routers       yes      all confirm map version 5",
            "target_empty  yes      docs has 3 points",
            "alias         not run  not run",
            "",
            "COLLECTION  FROM  TO  POINTS    BYTES  ESTIMATED",
            "docs           0   4    7446  2000000  yes",
            "",
            "it would take about 12 s"),
        succeeded(shell.type("shards", "grow", "http://n4:6333", "--dry-run")).lines());
    member.on(line, 200, DRY.formatted(false, "null", false));
    Typed refused = shell.type("shards", "grow", "http://n4:6333", "--dry-run", "--wait");
    assertEquals(1, refused.code());
    assertEquals("it would be refused", refused.lines().get(refused.lines().size() - 1));
  }

  @Test
  void theListOfMigrations() {
    String migrations =
        "{\"migrations\":["
            + MigrationAnswers.grow("COPYING", "running", 30_211, "")
            + ","
            + MigrationAnswers.grow("DONE", "done", 90_000, "")
                .replace("\"finished_at\":null", "\"finished_at\":\"2026-11-23T10:09:00Z\"")
            + "]}";
    member.on("GET /cluster/migrations", 200, migrations);
    member.on("GET /cluster/migrations?limit=2", 200, migrations);
    List<String> lines = succeeded(shell.type("migrations")).lines();
    assertEquals(
        List.of(
            "ID  KIND  SHARD  PHASE    STATE    POINTS  STARTED               FINISHED",
            " 3  grow      4  COPYING  running   30211  2026-11-23T10:00:00Z  -",
            " 3  grow      4  DONE     done      90000  2026-11-23T10:00:00Z "
                + " 2026-11-23T10:09:00Z"),
        lines);
    assertEquals(lines, succeeded(shell.type("migrations", "--limit", "2")).lines());
  }

  @Test
  void oneMigration() {
    member.on(
        "GET /cluster/migrations/3",
        200,
        MigrationAnswers.grow(
            "COPYING", "holding", 30_211, "http://r2:6330 still serves map version 5"));
    assertEquals(
        List.of(
            "migration 3: grow of shard 4, http://n4:6333, begun by the growth policy",
            "PREPARED JOINING ADOPTING [COPYING] VERIFYING WARMING PROMOTED SETTLING DROPPING"
                + " COOLING DONE",
            "holding: 30,211 of 90,000 points (33%), 41,000/s, 2 s left",
            "  images  1 -> 4  [#...................]   5%  211 of 4,000 points",
            "  docs    0 -> 4  [####################] 100%  30,000 of 30,000 points",
            "waits for router: http://r2:6330 still serves map version 5 (12 attempts)"),
        succeeded(shell.type("migrations", "3")).lines());
  }

  @Test
  void aMigrationOnItsWayBackShowsWhereItCameFrom() {
    member.on(
        "GET /cluster/migrations/3",
        200,
        MigrationAnswers.grow("REVERTING", "reverting", 5, "")
            .replace("\"error\":null", "\"error\":\"N is down\""));
    List<String> lines = succeeded(shell.type("migrations", "3")).lines();
    assertEquals("PREPARED JOINING COPYING [REVERTING] REVERTED", lines.get(1));
    assertTrue(lines.contains("reason: N is down"), lines.toString());
  }

  @Test
  void whatAnOperatorCanDoAboutAMigration() {
    String migration = MigrationAnswers.grow("COPYING", "running", 1, "");
    String path = "/cluster/migrations/3/";
    member
        .on("POST " + path + "cancel", 200, migration)
        .on("POST " + path + "cancel?keep_copies=true", 200, migration)
        .on("POST " + path + "pause", 200, migration)
        .on("POST " + path + "resume", 200, migration)
        .on("POST " + path + "retry", 200, migration)
        .on("POST " + path + "retry?skip=1", 200, migration)
        .on("POST " + path + "retry?skip=1&what=a%20word", 200, migration)
        .on("PUT " + path + "throttle", 200, migration);
    assertEquals(1, shell.type("migrations", "cancel", "3").code());
    assertEquals(0, member.asked().size());
    succeeded(shell.type("migrations", "cancel", "3", "--yes"));
    succeeded(shell.type("migrations", "cancel", "3", "--keep-copies", "--yes"));
    succeeded(shell.type("migrations", "pause", "3"));
    succeeded(shell.type("migrations", "resume", "3"));
    succeeded(shell.type("migrations", "retry", "3"));
    succeeded(shell.type("migrations", "retry", "3", "--skip", "1"));
    succeeded(shell.type("migrations", "retry", "3", "--skip", "1", "--what", "a word"));
    succeeded(shell.type("migrations", "throttle", "3", "5000"));
    assertEquals(8, member.asked().size());
    assertEquals("{\"points_per_second\":5000}", member.asked().get(7).body());
    assertEquals(2, shell.type("migrations", "throttle", "3").code());
    assertEquals(2, shell.type("migrations", "throttle", "3", "-1").code());
    assertEquals(2, shell.type("migrations", "three").code());
  }

  @Test
  void locate() {
    member.on(
        "GET /cluster/locate?point=a%2Fb%20c%2B",
        200, "{\"owner\":18446744073709551615,\"donor\":null,\"map_version\":6}");
    assertEquals(
        List.of(
            "               OWNER  DONOR  MAP VERSION", "18446744073709551615  -                6"),
        succeeded(shell.type("locate", "a/b c+")).lines());
  }

  @Test
  void spills() {
    member.on(
        "GET /cluster/spills",
        200,
        """
        {"spills":[{"node":"c1","name":"migration-3-c1.jsonl","bytes":812,\
        "changed_at":"2026-11-23T10:00:00Z"}],"unreachable":["c3"]}\
        """);
    member.on("GET /cluster/spills/migration-3-c1.jsonl", 200, "{\"a\":1}\n{\"b\":2}\n");
    member.on("GET /cluster/spills/migration-3-c1.jsonl?node=c1", 200, "{\"a\":1}\n");
    assertEquals(
        List.of(
            "FILE                  NODE  BYTES  CHANGED",
            "migration-3-c1.jsonl  c1      812  2026-11-23T10:00:00Z",
            "no answer from c3: it may have more"),
        succeeded(shell.type("spills")).lines());
    assertEquals(
        "{\"a\":1}\n{\"b\":2}\n", succeeded(shell.type("spills", "migration-3-c1.jsonl")).out());
    assertEquals(
        "{\"a\":1}\n",
        succeeded(shell.type("spills", "migration-3-c1.jsonl", "--node", "c1")).out());
  }

  @Test
  void noLineIsLongerThanATable() {
    String huge = "h".repeat(300);
    member.on(
        "GET /cluster/migrations/3",
        200,
        MigrationAnswers.grow("COPYING", "holding", 30_211, "waiting " + huge + " " + huge)
            .replace("images", huge)
            .replace("\"error\":null", "\"error\":\"" + "word ".repeat(60) + "\\u001b[2J\""));
    for (String line : succeeded(shell.type("migrations", "3")).lines()) {
      assertTrue(line.length() <= Table.WIDTH, line);
      assertFalse(line.contains("\u001b"), line);
    }
  }
}
