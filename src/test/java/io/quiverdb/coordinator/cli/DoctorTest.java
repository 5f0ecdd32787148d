// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.cli.Typed.Shell;
import java.net.ServerSocket;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The output and exit codes of {@code doctor}. */
class DoctorTest {
  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  private void status(int raftPort) {
    String body =
        """
        {"node":"c1","members":[{"id":"c1","raft":"127.0.0.1:%d","http":"%s","healthy":true,
          "version":"0.2.0","format":2}],"routers":[]}"""
            .formatted(raftPort, member.url());
    member.on(
        "GET /cluster/status",
        exchange -> {
          exchange.getResponseHeaders().set("X-Quiver-Node", "c1");
          StubMember.text(exchange, 200, body);
        });
    member.on("GET /metrics", 200, "a_total 1\n");
    member.on("GET /cluster/spills", 200, "{\"spills\":[],\"unreachable\":[]}");
  }

  @Test
  void warningsAreNoFailure() throws Exception {
    try (ServerSocket raft = new ServerSocket(0)) {
      status(raft.getLocalPort());
      Typed typed = shell.type("doctor");
      assertEquals(0, typed.code(), typed.out() + typed.err());
      assertTrue(typed.out().contains("OK      reachable"), typed.out());
      assertTrue(typed.out().contains("WARN    routers"), typed.out());
    }
  }

  @Test
  void whatFailsIsSaidByTheExitCodeAndAsJson() throws Exception {
    status(1);
    member.on(
        "GET /cluster/health/report",
        200,
        """
        {"indicators":[{"name":"disk","status":"red","diagnosis":[
          {"cause":"it is full","action":"Free space.","help":"docs/a.md#b"}]}]}""");
    Typed typed = shell.type("doctor", "--json");
    assertEquals(1, typed.code(), typed.err());
    JsonNode document = new ObjectMapper().readTree(typed.out());
    assertEquals("fail", document.path("result").asText());
    JsonNode last = document.path("checks").path(document.path("checks").size() - 1);
    assertEquals("health: disk", last.path("check").asText());
    assertEquals("Free space. See docs/a.md#b", last.path("action").asText());
    assertTrue(shell.type("doctor", "-o", "json").out().startsWith("{\"result\":\"fail\""));
  }

  @Test
  void nobodyAnswers() {
    member.close();
    Typed typed = shell.type("doctor");
    assertEquals(1, typed.code());
    assertTrue(typed.out().contains("FAIL    reachable"), typed.out());
  }
}
