// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each command asks, and what it prints. */
class OperatorCommandsTest {
  private static final String MAP =
      """
      {"version":18446744073709551615,"shards":[\
      {"id":0,"primary_url":"http://n1:6333","replica_urls":["http://n1b:6333"]},\
      {"id":4,"primary_url":"http://n4:6333","replica_urls":[]}],"joining":[4],"leaving":[]}\
      """;
  private static final String MEMBERS =
      """
      "members":[{"id":"c1","raft":"h1:6336","http":"http://h1:6335","role":"leader",\
      "voter":true,"match_index":812,"lag_ms":0,"healthy":true},\
      {"id":"c2","raft":"h2:6336","http":"http://h2:6335","role":"follower",\
      "voter":false,"match_index":null,"lag_ms":null,"healthy":false}],\
      "failure_tolerance":0\
      """;
  private static final String STATUS =
      """
      {"node":"c1","version":"0.1.0","role":"leader","ready":true,"leader":"c1","term":7,\
      "commit_index":812,"applied_index":812,"map_version":5,%s,\
      "shards":[{"id":0,"state":"active","healthy":true,"points":90000},\
      {"id":4,"state":"joining","healthy":false,"points":null}],\
      "routers":[{"url":"http://r1:6330"}],"migration":null,\
      "alarms":[{"code":"router_behind","severity":"warning","since":"2026-11-23T10:00:00Z",\
      "detail":"http://r1:6330 serves map version 4"}]}\
      """
          .formatted(MEMBERS);

  @TempDir Path folder;

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  @Test
  void status() {
    member.on("GET /cluster/status", 200, STATUS);
    assertEquals(
        List.of(
            "NODE  ROLE    READY  LEADER  TERM  COMMIT  APPLIED  MAP  ROUTERS",
            "c1    leader  yes    c1         7     812      812    5        1",
            "",
            "MEMBER  ROLE      VOTER  HEALTHY  MATCH INDEX  LAG MS  HTTP            RAFT",
            "c1      leader    yes    yes              812       0  http://h1:6335  h1:6336",
            "c2      follower  no     no                 -       -  http://h2:6335  h2:6336",
            "",
            "failure tolerance 0",
            "",
            "SHARD  STATE    HEALTHY  POINTS",
            "    0  active   yes       90000",
            "    4  joining  no            -",
            "",
            "ALARM          SEVERITY  SINCE                 DETAIL",
            "router_behind  warning   2026-11-23T10:00:00Z  http://r1:6330 serves map version 4"),
        succeeded(shell.type("status")).lines());
  }

  @Test
  void members() {
    member.on("GET /cluster/members", 200, "{" + MEMBERS + "}");
    assertEquals(5, succeeded(shell.type("members")).lines().size());
    assertEquals(shell.type("members"), shell.type("members", "list"));
  }

  @Test
  void transferToAMemberOrToAny() {
    member.on("POST /cluster/leader/transfer", 200, "{\"leader\":\"c2\"}");
    assertEquals(List.of("leader c2"), succeeded(shell.type("members", "transfer", "c2")).lines());
    succeeded(shell.type("members", "transfer"));
    assertEquals("{\"to\":\"c2\"}", member.asked().get(0).body());
    assertEquals("{}", member.asked().get(1).body());
  }

  @Test
  void map() {
    member.on("GET /cluster/map?consistency=local", 200, MAP);
    member.on("GET /cluster/map?consistency=linearizable", 200, MAP);
    List<String> lines = succeeded(shell.type("map")).lines();
    assertEquals(
        List.of(
            "map version 18446744073709551615",
            "SHARD  STATE    PRIMARY         REPLICAS",
            "    0  active   http://n1:6333  http://n1b:6333",
            "    4  joining  http://n4:6333  -"),
        lines);
    assertEquals(lines, succeeded(shell.type("map", "--consistency", "linearizable")).lines());
  }

  @Test
  void jsonIsWhatTheMemberAnswered() {
    member.on("GET /cluster/map?consistency=local", 200, MAP);
    assertEquals(MAP + "\n", succeeded(shell.type("map", "-o", "json")).out());
    assertEquals(MAP + "\n", succeeded(shell.type("-o", "json", "map")).out());
  }

  @Test
  void shardsJoinStatusAndMap() {
    member.on("GET /cluster/status", 200, STATUS);
    member.on("GET /cluster/map?consistency=local", 200, MAP);
    assertEquals(
        List.of(
            "SHARD  STATE    HEALTHY  POINTS  PRIMARY         REPLICAS",
            "    0  active   yes       90000  http://n1:6333  http://n1b:6333",
            "    4  joining  no            -  http://n4:6333  -"),
        succeeded(shell.type("shards")).lines());
    assertTrue(
        succeeded(shell.type("shards", "list", "-o", "json"))
            .out()
            .contains("\"points\":90000,\"primary_url\":\"http://n1:6333\""));
  }

  @Test
  void shardChanges() {
    member
        .on("POST /cluster/shards", 200, MAP)
        .on("POST /cluster/shards/joining", 200, MAP)
        .on("POST /cluster/shards/4/promote", 200, MAP)
        .on("DELETE /cluster/shards/18446744073709551614", 200, MAP)
        .on("POST /cluster/shards/0/replicas", 200, MAP)
        .on("DELETE /cluster/shards/0/replicas?url=http%3A%2F%2Fn1b%3A6333", 200, MAP);
    succeeded(shell.type("shards", "add", "http://n5:6333", "--replica", "http://n5b:6333"));
    succeeded(shell.type("shards", "joining", "http://n5:6333"));
    succeeded(shell.type("shards", "promote", "4"));
    succeeded(shell.type("shards", "remove", "18446744073709551614", "--yes", "--force"));
    succeeded(shell.type("shards", "replica", "add", "0", "http://n1b:6333"));
    succeeded(shell.type("shards", "replica", "remove", "0", "http://n1b:6333", "--yes"));
    assertEquals(
        List.of(
            "{\"primary_url\":\"http://n5:6333\",\"replica_urls\":[\"http://n5b:6333\"]}",
            "{\"primary_url\":\"http://n5:6333\",\"replica_urls\":[]}",
            "",
            "",
            "{\"url\":\"http://n1b:6333\"}",
            ""),
        member.asked().stream().map(StubMember.Asked::body).toList());
  }

  @Test
  void everyChangeCarriesAKeyOfItsOwnAndTheVersionIfItIsGiven() {
    member.on("POST /cluster/shards/4/promote", 200, MAP);
    succeeded(shell.type("shards", "promote", "4"));
    succeeded(shell.type("shards", "promote", "4", "--if-match", "5"));
    succeeded(shell.type("shards", "promote", "4", "--idempotency-key", "again"));
    List<StubMember.Asked> asked = member.asked();
    assertFalse(asked.get(0).header("Idempotency-key").isEmpty());
    assertFalse(
        asked.get(0).header("Idempotency-key").equals(asked.get(1).header("Idempotency-key")));
    assertEquals("\"5\"", asked.get(1).header("If-match"));
    assertEquals("again", asked.get(2).header("Idempotency-key"));
  }

  @Test
  void idsPrintsTheIdAlone() {
    member.on("POST /cluster/ids", 200, "{\"id\":18446744073709551615}");
    assertEquals("18446744073709551615\n", succeeded(shell.type("ids")).out());
  }

  @Test
  void consolePrintsWhereItIs() {
    assertEquals(List.of(member.url() + "/console"), succeeded(shell.type("console")).lines());
    assertEquals(List.of(), member.asked());
  }

  @Test
  void routers() {
    String answer =
        """
        {"routers":[{"url":"http://r1:6330","map_version":5,"confirmed":true,\
        "last_contact":"2026-11-23T10:00:00Z","last_error":null}]}\
        """;
    member
        .on("GET /cluster/routers", 200, answer)
        .on("POST /cluster/routers", 200, answer)
        .on("DELETE /cluster/routers?url=http%3A%2F%2Fr1%3A6330&force=true", 200, answer);
    List<String> lines = succeeded(shell.type("routers")).lines();
    assertEquals(
        List.of(
            "ROUTER          MAP VERSION  CONFIRMED  LAST CONTACT          LAST ERROR",
            "http://r1:6330            5  yes        2026-11-23T10:00:00Z  -"),
        lines);
    assertEquals(lines, succeeded(shell.type("routers", "add", "http://r1:6330")).lines());
    assertEquals(
        lines,
        succeeded(shell.type("routers", "remove", "http://r1:6330", "--force", "--yes")).lines());
  }

  @Test
  void history() {
    member.on(
        "GET /cluster/history?since=811",
        200,
        """
        {"history":[{"index":812,"term":7,"time":"2026-11-23T10:00:00Z","node":"c1",\
        "key_id":"ops","command":"add_shard http://n4:6333","outcome":"map version 6"}]}\
        """);
    assertEquals(
        List.of(
            "INDEX  TIME                  NODE  KEY  COMMAND                   OUTCOME",
            "  812  2026-11-23T10:00:00Z  c1    ops  add_shard http://n4:6333  map version 6"),
        succeeded(shell.type("history", "--since", "811")).lines());
  }

  @Test
  void backupGoesToStandardOutputOrIntoAFile() throws Exception {
    String backup = "{\"map\":{\"version\":5},\"checksum\":\"x\"}";
    member.on("GET /cluster/backup", 200, backup);
    assertEquals(backup + "\n", succeeded(shell.type("backup")).out());
    Path file = folder.resolve("backup.json");
    for (int i = 0; i < 2; i++) {
      Typed typed = succeeded(shell.type("backup", file.toString()));
      assertEquals("", typed.out());
      assertEquals("wrote map version 5 to " + file + "\n", typed.err());
      assertEquals(backup + "\n", Files.readString(file));
    }
    try (var left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void aBackupThatCannotBeWrittenIsSaid() {
    member.on("GET /cluster/backup", 200, "{}");
    Typed typed = shell.type("backup", folder.resolve("absent/backup.json").toString());
    assertEquals(1, typed.code());
    assertTrue(typed.err().startsWith("error: Cannot write "), typed.err());
  }

  @Test
  void aBackupLeavesWhatItsFileIs() throws Exception {
    member.on("GET /cluster/backup", 200, "{\"checksum\":\"x\"}");
    Path target = folder.resolve("today.json");
    Path link = Files.createSymbolicLink(folder.resolve("latest.json"), Path.of("today.json"));
    succeeded(shell.type("backup", link.toString()));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("{\"checksum\":\"x\"}\n", Files.readString(target));

    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();
    succeeded(shell.type("backup", pipe.toString()));
    assertEquals(
        "{\"checksum\":\"x\"}\n", new String(reader.getInputStream().readAllBytes(), UTF_8));
    assertEquals(0, reader.waitFor());

    Typed full = shell.type("backup", "/dev/full");
    assertEquals(1, full.code());
    assertTrue(full.err().startsWith("error: Cannot write /dev/full: "), full.err());
    try (var left = Files.list(folder)) {
      assertEquals(Set.of(target, link, pipe), left.collect(Collectors.toSet()));
    }
  }

  /** A result that was cut short must not look like a whole one. */
  @Test
  void aResultThatCannotBeWrittenIsAFailure() throws Exception {
    member.on("GET /cluster/backup", 200, "{\"checksum\":\"x\"}");
    member.on("GET /cluster/spills/migration-1-c1.jsonl", 200, "{}\n");
    for (String[] words :
        List.of(
            new String[] {"backup"},
            new String[] {"spills", "migration-1-c1.jsonl"},
            new String[] {"completion"},
            new String[] {"--help"})) {
      Typed typed = shell.typeInto(new FileOutputStream("/dev/full"), words);
      assertEquals(1, typed.code(), words[0]);
      assertTrue(typed.err().startsWith("error: Cannot write the whole result"), typed.err());
    }
  }

  @Test
  void restoreSendsTheFile() throws Exception {
    Path file = Files.writeString(folder.resolve("backup.json"), "{\"checksum\":\"x\"}");
    member.on("POST /cluster/restore?min_version=9&min_next_id=7", 200, MAP);
    member.on("POST /cluster/restore", 200, MAP);
    succeeded(
        shell.type(
            "restore", file.toString(), "--yes", "--min-version", "9", "--min-next-id", "7"));
    succeeded(shell.piping("{\"from\":\"stdin\"}").type("restore", "-", "--yes"));
    assertEquals("{\"checksum\":\"x\"}", member.asked().get(0).body());
    assertEquals("{\"from\":\"stdin\"}", member.asked().get(1).body());
  }

  /** {@code backup | gzip}, PowerShell's redirection, and an editor that adds a mark. */
  @Test
  void restoreTakesTheFileAsToolsLeaveIt() throws Exception {
    String backup = "{\"checksum\":\"\u00fc\"}";
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(backup.getBytes(StandardCharsets.UTF_8));
    }
    member.on("POST /cluster/restore", 200, MAP);
    for (byte[] bytes :
        List.of(
            packed.toByteArray(),
            ("\uFEFF" + backup).getBytes(StandardCharsets.UTF_8),
            ("\uFEFF" + backup).getBytes(StandardCharsets.UTF_16LE),
            backup.getBytes(StandardCharsets.UTF_16))) {
      Path file = Files.write(folder.resolve("backup"), bytes);
      succeeded(shell.type("restore", file.toString(), "--yes"));
      assertEquals(backup, member.asked().get(member.asked().size() - 1).body());
    }
  }

  @Test
  void restoreOfAFileThatIsTooLargeOncePacked() throws Exception {
    Path file = folder.resolve("bomb.json.gz");
    try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write(new byte[4 << 20]);
    }
    Typed typed = shell.type("restore", file.toString(), "--yes");
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("it is larger than 3 MiB"), typed.err());
  }

  @Test
  void restoreOfAFileThatIsMissing() {
    Typed typed = shell.type("restore", folder.resolve("absent").toString(), "--yes");
    assertEquals(1, typed.code());
    assertEquals(
        "error: Cannot read " + folder.resolve("absent") + ": there is no such file\n",
        typed.err());
  }

  private static Typed succeeded(Typed typed) {
    assertEquals(0, typed.code(), typed.err());
    return typed;
  }
}
