// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The growth policy and the advice for people. */
final class AutoscaleView {
  private AutoscaleView() {}

  static List<String> lines(Session session, JsonNode answer) {
    List<String> lines = new ArrayList<>();
    JsonNode advice = answer.path("advice");
    if (advice.isObject()) {
      advice(session, advice, lines);
    }
    JsonNode policy = answer.path("policy");
    if (!policy.isObject()) {
      lines.add("there is no growth policy");
      return lines;
    }
    String most = Session.cell(policy, "max_shards");
    lines.add(
        "policy "
            + Session.cell(answer, "version")
            + ": "
            + Session.cell(policy, "mode")
            + ", above "
            + Session.cell(policy, "high_water_points")
            + " points, cooldown "
            + Session.cell(policy, "cooldown_seconds")
            + " s, "
            + (most.equals("0") ? "" : "at most " + most + " shards, ")
            + "a look every "
            + Session.cell(policy, "interval_seconds")
            + " s");
    Table pool = new Table("STANDBY", "REPLICAS", "FAILURE");
    for (JsonNode standby : policy.path("standby")) {
      pool.row(
          Session.cell(standby, "primary_url"),
          MapView.replicas(standby),
          Session.cell(standby, "failure"));
    }
    lines.addAll(session.lines(pool));
    return lines;
  }

  private static void advice(Session session, JsonNode advice, List<String> lines) {
    lines.add(Session.cell(advice, "verdict") + ": " + Session.cell(advice, "summary"));
    if (Session.cell(advice, "verdict").equals("off")) {
      return;
    }
    for (JsonNode obstacle : advice.path("obstacles")) {
      lines.add(
          "  not now, " + Session.cell(obstacle, "kind") + ": " + Session.cell(obstacle, "detail"));
    }
    JsonNode attempt = advice.path("last_attempt");
    if (attempt.isObject()) {
      lines.add(
          "  "
              + Session.cell(attempt, "primary_url")
              + " was not added at "
              + Session.cell(attempt, "at")
              + ": "
              + Session.cell(attempt, "error"));
    }
    Table shards = new Table("SHARD", "POINTS", "OVER");
    for (JsonNode shard : advice.path("shards")) {
      shards.row(
          Session.cell(shard, "id"), Session.cell(shard, "points"), Session.cell(shard, "over"));
    }
    lines.addAll(session.lines(shards));
  }
}
