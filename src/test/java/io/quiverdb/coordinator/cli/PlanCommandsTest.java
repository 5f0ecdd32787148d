// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The requests, output and exit codes of {@code plan}. */
class PlanCommandsTest {
  private static final String STEPS =
      "{\"steps\":[{\"drain\":{\"shard_id\":1}},"
          + "{\"grow\":{\"primary_url\":\"http://n4:6333\",\"replica_urls\":[\"http://r:1\"]}},"
          + "{\"grow\":{\"primary_url\":\"http://n5:6333\",\"replica_urls\":[]}}]}";

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  @TempDir Path folder;

  private static String plan(String state, String error) {
    return """
        {"id":2,"state":"%s","error":%s,"steps":[
         {"kind":"drain","shard_id":1,"state":"done","migration":7},
         {"kind":"grow","primary_url":"http://n4:6333","state":"waiting","migration":null}]}"""
        .formatted(state, error);
  }

  @Test
  void keepsTheOrderInWhichTheStepsAreTyped() {
    member.on("POST /cluster/plans", 200, plan("running", "null"));
    Typed typed =
        shell.type(
            "plan",
            "--drain",
            "1",
            "--grow",
            "http://n4:6333",
            "--replica",
            "http://r:1",
            "--grow",
            "http://n5:6333");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(STEPS, member.asked().get(0).body());
    assertEquals(
        List.of(
            "plan 2: running",
            "  1 drain 1: done, migration 7",
            "  2 grow http://n4:6333: waiting"),
        typed.lines());
  }

  @Test
  void takesAFile() throws Exception {
    member.on("POST /cluster/plans", 200, plan("running", "null"));
    Path file = folder.resolve("steps.json");
    Files.writeString(file, STEPS);
    assertEquals(0, shell.type("plan", file.toString()).code());
    assertEquals(STEPS, member.asked().get(0).body());
    assertEquals(1, shell.type("plan", folder.resolve("none").toString()).code());
    assertEquals(2, shell.type("plan").code());
    assertEquals(2, shell.type("plan", file.toString(), "--drain", "1").code());
  }

  @Test
  void waitsForItsEnd() {
    member.on("POST /cluster/plans", 200, plan("running", "null"));
    AtomicInteger looks = new AtomicInteger();
    member.on(
        "GET /cluster/plans/2",
        exchange ->
            StubMember.text(
                exchange,
                200,
                looks.incrementAndGet() < 2
                    ? plan("running", "null")
                    : plan("stopped", "\"step 2: target_empty: it is not\"")));
    Typed typed = shell.type("plan", "--drain", "1", "--wait");
    assertEquals(4, typed.code());
    assertEquals("plan 2: stopped: step 2: target_empty: it is not", typed.lines().get(0));
    assertEquals(3, typed.err().lines().count(), "said once");
  }

  @Test
  void aDryRunSaysWhatAllOfItWouldDo() {
    member.on(
        "POST /cluster/plans?dry_run=true",
        200,
        """
        {"accepted":true,"estimated_seconds":24,"points":9000,"bytes":1000000,"steps":[
         {"kind":"drain","shard_id":1,"accepted":true,"estimated_seconds":24,
          "checks":[{"name":"routers","ok":true,"detail":""}],
          "moves":[{"collection":"docs","from":1,"to":0,"points":9000,"bytes":1000000,
           "estimated":true}]}]}""");
    Typed typed = shell.type("plan", "--drain", "1", "--dry-run");
    assertEquals(0, typed.code(), typed.err());
    assertEquals("step 1: drain 1", typed.lines().get(0));
    assertTrue(typed.out().contains("in all 9,000 points, 1,000,000 bytes, about 24 s"));
  }

  @Test
  void aDryRunSendsAFileAsItIs() throws Exception {
    String dryRun = "POST /cluster/plans?dry_run=true";
    member.problem(dryRun, 400, "Bad Request", "duplicate field 'steps'");
    String twice = "{\"steps\": [], \"steps\": []} x";
    Path file = Files.writeString(folder.resolve("steps.json"), twice);
    Typed typed = shell.type("plan", file.toString(), "--dry-run");
    assertEquals(1, typed.code(), "as without --dry-run");
    assertEquals(twice, member.asked().get(0).body());
  }

  @Test
  void givesOrders() {
    member.on("POST /cluster/plans/2/pause", 200, plan("paused", "null"));
    assertTrue(shell.type("plan", "pause", "2").out().startsWith("plan 2: paused"));
    member.on("POST /cluster/plans/2/resume", 200, plan("running", "null"));
    assertEquals(0, shell.type("plan", "resume", "2").code());
    member.on("POST /cluster/plans/2/cancel", 200, plan("cancelled", "null"));
    assertEquals(1, shell.type("plan", "cancel", "2").code(), "nobody could be asked");
    assertEquals(0, shell.type("plan", "cancel", "2", "--yes").code());
    member.on("DELETE /cluster/plans/2", 200, "{\"id\":2}");
    assertEquals(List.of("plan 2 is forgotten"), shell.type("plan", "forget", "2").lines());
    member.on("GET /cluster/plans", 200, "{\"plans\":[" + plan("done", "null") + "]}");
    assertTrue(shell.type("plan", "list").out().contains("done"));
  }
}
