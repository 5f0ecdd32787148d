// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What {@code sweep} asks and prints, and how it ends. */
class SweepCommandTest {
  private static final String PATH = "POST /cluster/checks/3/sweep";
  private static final String COUNTS =
      """
      "removed":127,"spilled":7,
      "collections":[{"name":"docs","shards":[{"id":1,"removed":127,"spilled":7}]}],
      "others":{"removed":0,"spilled":0}""";

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  private static String check(String state, String error, String waits) {
    return """
        {"id":3,"kind":"verify","state":"done","map_version":5,"error":null,
         "started_at":"2026-11-29T06:00:00Z","finished_at":"2026-11-29T06:00:00Z",
         "result":{"points":106,"strays":{"same":0,"differing":0,"only_copy":0},
         "collections":[],
         "others":{"rows":0,"points":9,"owned":9,"strays":{"same":0,"differing":0,"only_copy":0}},
         "left_out":[]},
         "sweep":{"state":"%s","spill_limit":9,"started_at":"2026-11-29T06:00:00Z",
         "finished_at":null,"error":%s,"waiting_for":%s,%s}}"""
        .formatted(state, error, waits, COUNTS);
  }

  @Test
  void asksFirst() {
    member.on(PATH, 200, check("running", "null", "null"));
    Typed typed = shell.type("sweep", "3");
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("--yes"), typed.err());
    assertEquals(0, member.asked().size());
    typed = shell.answering("y\n").type("sweep", "3");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.err().contains("check 3 has found"), typed.err());
    assertEquals("{}", member.asked().get(0).body());
  }

  @Test
  void saysItsLimits() {
    member.on(PATH, 200, check("running", "null", "null"));
    shell.type("sweep", "3", "--yes", "--spill-limit", "9", "--points-per-second", "500");
    assertEquals("{\"spill_limit\":9,\"points_per_second\":500}", member.asked().get(0).body());
  }

  @Test
  void waitsForItsEnd() {
    member.on(PATH, 200, check("running", "null", "null"));
    AtomicInteger looks = new AtomicInteger();
    member.on(
        "GET /cluster/checks/3",
        exchange ->
            StubMember.text(
                exchange,
                200,
                switch (looks.incrementAndGet()) {
                  case 1 -> check("running", "null", "\"router: r1 does not answer\"");
                  case 2 -> check("stopping", "null", "null");
                  default -> check("done", "null", "null");
                }));
    Typed typed = shell.type("sweep", "3", "--yes", "--wait");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(
        typed.err().contains("kept in spill files; waits for router: r1 does not answer"),
        typed.err());
    assertEquals(
        "sweep of check 3: done, 127 points removed, 7 of them kept in spill files",
        typed.lines().get(0));
    assertTrue(typed.out().contains("docs"), typed.out());
  }

  @Test
  void theExitCodeSaysHowItEnded() {
    member.on(PATH, 200, check("running", "null", "null"));
    member.on("GET /cluster/checks/3", 200, check("failed", "\"s1 is away\"", "null"));
    Typed typed = shell.type("sweep", "3", "--yes", "--wait");
    assertEquals(4, typed.code());
    assertTrue(typed.lines().get(0).endsWith(": s1 is away"), typed.out());
  }

  @Test
  void aDryRunAsksNothing() {
    member.on(PATH + "?dry_run=true", 200, "{\"accepted\":true," + COUNTS + "}");
    Typed typed = shell.type("sweep", "3", "--dry-run");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(
        "would be: 127 points removed, 7 of them kept in spill files", typed.lines().get(0));
  }

  @Test
  void verifyShowsAndStopsIt() {
    member.on("GET /cluster/checks/3", 200, check("done", "null", "null"));
    assertTrue(shell.type("verify", "show", "3").out().contains("sweep of check 3: done"));
    member.on("DELETE /cluster/checks/3?force=true", 200, check("stopped", "null", "null"));
    assertEquals(1, shell.type("verify", "stop", "3", "--force").code(), "not confirmed");
    assertEquals(0, shell.type("verify", "stop", "3", "--force", "--yes").code());
  }
}
