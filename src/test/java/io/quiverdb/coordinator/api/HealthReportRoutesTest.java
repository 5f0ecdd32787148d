// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** {@code GET /cluster/health/report}. */
class HealthReportRoutesTest extends OnFakeMembers {
  private static JsonNode named(JsonNode report, String name) {
    for (JsonNode indicator : report.path("indicators")) {
      if (indicator.path("name").asText().equals(name)) {
        return indicator;
      }
    }
    throw new AssertionError(report.toString());
  }

  @Test
  void everyMemberReports() {
    members.record();
    JsonNode leader = members.leader("GET /cluster/health/report").key("read").wants(200).json();
    JsonNode follower = members.follower("GET /cluster/health/report").wants(200).json();
    assertEquals(named(leader, "shards").path("status"), named(follower, "shards").path("status"));
    JsonNode shards = named(leader, "shards");
    assertEquals("red", shards.path("status").asText());
    assertEquals(2, shards.path("diagnosis").size(), shards.toString());
    assertTrue(
        shards.path("diagnosis").path(0).path("help").asText().startsWith("docs/"),
        shards.toString());
    assertEquals("red", leader.path("status").asText());
    assertEquals(0, leader.path("failure_tolerance").asInt(-1), leader.toString());
    assertEquals("yellow", named(leader, "quorum").path("status").asText(), leader.toString());
  }

  @Test
  void aMemberWithoutALeaderReportsToo() {
    members.record();
    members.log.elect("");
    JsonNode report = members.leader("GET /cluster/health/report").wants(200).json();
    JsonNode quorum = named(report, "quorum");
    assertEquals("red", quorum.path("status").asText());
    assertTrue(quorum.path("symptom").asText().startsWith("no member leads"), quorum.toString());
  }

  @Test
  void takesAKey() {
    members.leader("GET /cluster/health/report").key("").wants(401);
  }
}
