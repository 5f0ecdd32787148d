// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code backup --cluster} and {@code backups} ask and print, and how they end. */
class BackupCommandsTest {
  private static final String DOCUMENT = "{\"map\":{\"version\":5},\"checksum\":\"x\"}";

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("map.json");
  }

  private static String backup(String state, boolean second, String error) {
    String answer = "{\"manifest_version\":12,\"files\":7,\"bytes\":4096}";
    return """
        {"id":3,"state":"%s","destination":"/b","directory":"/b/backup-3-20261129T060000Z",
         "timeout_seconds":3600,"map_version":5,"started_at":"2026-11-29T06:00:00Z",
         "finished_at":null,"error":%s,"shards_total":2,"shards_done":%d,"shards":[
         {"id":0,"primary_url":"http://s0:6333","directory":"/b/backup-3-20261129T060000Z/shard-0",
          "taken_at":"2026-11-29T06:00:01Z","answer":%s},
         {"id":2,"primary_url":"http://s2:6333","directory":"/b/backup-3-20261129T060000Z/shard-2",
          "taken_at":null,"answer":%s}]}"""
        .formatted(state, error, second ? 2 : 1, answer, second ? answer : "null");
  }

  private Typed cluster(String... more) {
    member.on("POST /cluster/backups", 200, backup("running", false, "null"));
    member.on("GET /cluster/backups/3/document", 200, DOCUMENT);
    String[] typed = new String[4 + more.length];
    System.arraycopy(new String[] {"backup", "--cluster", "/b", file().toString()}, 0, typed, 0, 4);
    System.arraycopy(more, 0, typed, 4, more.length);
    return shell.type(typed);
  }

  @Test
  void writesTheDocumentWhenAllShardsHaveWritten() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    member.on(
        "GET /cluster/backups/3",
        exchange -> {
          boolean done = looks.incrementAndGet() > 2;
          assertFalse(Files.exists(file()), "the map alone is no backup");
          StubMember.text(exchange, 200, backup(done ? "done" : "running", done, "null"));
        });
    Typed typed = cluster("--shard-timeout", "60");
    assertEquals(0, typed.code(), typed.err());
    assertEquals("{\"destination\":\"/b\",\"timeout_seconds\":60}", member.asked().get(0).body());
    assertEquals(
        "backup 3 of map version 5: running, 1 of 2 shards\nwrote map version 5 to " + file(),
        typed.err().strip());
    assertEquals("backup 3 of map version 5: done, 2 of 2 shards", typed.lines().get(0));
    assertTrue(typed.lines().get(3).endsWith("/b/backup-3-20261129T060000Z/shard-2"), typed.out());
    assertEquals(DOCUMENT + "\n", Files.readString(file()));
  }

  /** The first member is away for a moment, and is behind when it is back. */
  @Test
  void asksTheMemberThatHasSeenTheEnd() throws Exception {
    member.on("POST /cluster/backups", 200, backup("running", false, "null"));
    member.problem("GET /cluster/backups/3", 503, "Service Unavailable", "it is not current");
    member.problem(
        "GET /cluster/backups/3/document", 409, "Conflict", "backup 3 is running: not done");
    try (StubMember other = new StubMember()) {
      other.on("GET /cluster/backups/3", 200, backup("done", true, "null"));
      other.on("GET /cluster/backups/3/document", 200, DOCUMENT);
      Typed typed =
          new Shell().at(member, other).type("backup", "--cluster", "/b", file().toString());
      assertEquals(0, typed.code(), typed.err());
    }
    assertEquals(DOCUMENT + "\n", Files.readString(file()));
  }

  @Test
  void keepsTheOldFileIfItFails() throws Exception {
    Files.writeString(file(), "old");
    member.on("GET /cluster/backups/3", 200, backup("failed", false, "\"shard 2: it is away\""));
    Typed typed = cluster();
    assertEquals(4, typed.code());
    assertEquals(
        "backup 3 of map version 5: failed, 1 of 2 shards: shard 2: it is away",
        typed.lines().get(0));
    assertEquals("old", Files.readString(file()));
  }

  @Test
  void needsAFile() {
    Typed typed = shell.type("backup", "--cluster", "/b");
    assertEquals(2, typed.code());
    assertTrue(typed.err().contains("--cluster needs FILE"), typed.err());
  }

  @Test
  void saysWhatIsInTheWay() {
    member.on(
        "POST /cluster/backups",
        409,
        "{\"title\":\"Conflict\",\"status\":409,\"detail\":\"migration 1 is running\"}");
    Typed typed = shell.type("backup", "--cluster", "/b", file().toString());
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("migration 1 is running"), typed.err());
    assertFalse(Files.exists(file()));
  }

  @Test
  void listsShowsAndStops() throws Exception {
    member.on("GET /cluster/backups", 200, "{\"backups\":[" + backup("done", true, "null") + "]}");
    assertTrue(shell.type("backups").out().contains("2 of 2"));
    assertTrue(shell.type("backups", "list").out().contains("/b/backup-3-20261129T060000Z"));
    member.on("GET /cluster/backups/3", 200, backup("stopped", false, "\"stopped by ops\""));
    assertEquals(4, shell.type("backups", "show", "3", "--wait").code());
    member.on("DELETE /cluster/backups/3", 200, backup("stopped", false, "\"stopped by ops\""));
    Typed typed = shell.type("backups", "stop", "3");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.out().contains("stopped by ops"));
    member.on("GET /cluster/backups/3/document", 200, DOCUMENT);
    assertEquals(0, shell.type("backups", "document", "3", file().toString()).code());
    assertEquals(DOCUMENT + "\n", Files.readString(file()));
  }
}
