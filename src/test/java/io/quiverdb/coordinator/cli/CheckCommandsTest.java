// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The requests, output and exit codes of {@code verify}. */
class CheckCommandsTest {
  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  private static String check(String state, int onlyCopy, String error) {
    return """
        {"id":3,"kind":"verify","state":"%s","map_version":5,"error":%s,
         "started_at":"2026-11-29T06:00:00Z","finished_at":null,
         "result":{"points":106,"strays":{"same":0,"differing":0,"only_copy":%d},
         "collections":[{"name":"docs","shards":[{"id":1,"points":106,"owned":100,
         "strays":{"same":0,"differing":0,"only_copy":%d},"samples":[]}]}],
         "others":{"rows":2,"points":9,"owned":9,"strays":{"same":0,"differing":0,"only_copy":0}},
         "left_out":["pages"]}}"""
        .formatted(state, error, onlyCopy, onlyCopy);
  }

  @Test
  void beginsOne() {
    member.on("POST /cluster/checks", 200, check("running", 0, "null"));
    Typed typed = shell.type("verify", "--points-per-second", "500");
    assertEquals(0, typed.code(), typed.err());
    assertEquals("{\"kind\":\"verify\",\"points_per_second\":500}", member.asked().get(0).body());
    assertTrue(typed.out().startsWith("check 3 of map version 5: running, 106 points, 0 on a"));
  }

  @Test
  void waitsForItsEnd() {
    member.on("POST /cluster/checks", 200, check("running", 0, "null"));
    AtomicInteger looks = new AtomicInteger();
    member.on(
        "GET /cluster/checks/3",
        exchange ->
            StubMember.text(
                exchange, 200, check(looks.incrementAndGet() < 3 ? "running" : "done", 6, "null")));
    Typed typed = shell.type("verify", "--wait");
    assertEquals(1, typed.code(), "some points are where they do not belong");
    assertEquals(
        "check 3 of map version 5: running, 106 points, 6 on a shard that does not own them",
        typed.err().strip());
    assertTrue(typed.out().contains("docs"), typed.out());
    assertTrue(typed.out().contains("(others)"), typed.out());
    assertTrue(typed.out().contains("not checked: pages"), typed.out());
  }

  @Test
  void theExitCodeSaysHowItEnded() {
    member.on("GET /cluster/checks/3", 200, check("done", 0, "null"));
    assertEquals(0, shell.type("verify", "show", "3").code());
    member.on("GET /cluster/checks/3", 200, check("stopped", 0, "\"migration 1 began\""));
    Typed typed = shell.type("verify", "show", "3", "--wait");
    assertEquals(4, typed.code());
    assertTrue(typed.lines().get(0).endsWith(": migration 1 began"), typed.out());
  }

  @Test
  void printsWhatTheMemberSaid() {
    member.on("POST /cluster/checks", 200, check("running", 0, "null"));
    assertEquals(check("running", 0, "null"), shell.type("verify", "--json").out().stripTrailing());
  }

  @Test
  void listsAndStops() {
    member.on("GET /cluster/checks", 200, "{\"checks\":[" + check("running", 6, "null") + "]}");
    assertTrue(shell.type("verify", "list").out().contains("running"));
    member.on("DELETE /cluster/checks/3", 200, check("stopped", 0, "\"stopped by ops\""));
    Typed typed = shell.type("verify", "stop", "3");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.out().contains("stopped by ops"));
  }
}
