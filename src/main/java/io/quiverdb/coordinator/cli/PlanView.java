// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Plans for people. */
final class PlanView {
  private static final Set<String> GOING_ON = Set.of("running", "paused");

  private PlanView() {}

  static List<String> lines(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    String error = Session.cell(plan, "error");
    lines.add(
        "plan "
            + Session.cell(plan, "id")
            + ": "
            + Session.cell(plan, "state")
            + (error.equals("-") ? "" : ": " + error));
    int number = 1;
    for (JsonNode step : plan.path("steps")) {
      String migration = Session.cell(step, "migration");
      lines.add(
          "  "
              + number++
              + " "
              + subject(step)
              + ": "
              + Session.cell(step, "state")
              + (migration.equals("-") ? "" : ", migration " + migration));
    }
    return lines;
  }

  private static String subject(JsonNode step) {
    String kind = Session.cell(step, "kind");
    return kind + " " + Session.cell(step, kind.equals("grow") ? "primary_url" : "shard_id");
  }

  static List<String> list(Session session, JsonNode answer) {
    Table table = new Table("ID", "STATE", "STEPS", "CREATED", "FINISHED");
    for (JsonNode plan : answer.path("plans")) {
      table.row(
          Session.cell(plan, "id"),
          Session.cell(plan, "state"),
          Integer.toString(plan.path("steps").size()),
          Session.cell(plan, "created_at"),
          Session.cell(plan, "finished_at"));
    }
    return session.lines(table);
  }

  static List<String> dryRun(Session session, JsonNode found) {
    List<String> lines = new ArrayList<>();
    int number = 1;
    for (JsonNode step : found.path("steps")) {
      lines.add("step " + number++ + ": " + subject(step));
      lines.addAll(DryRunView.lines(session, step));
      lines.add("");
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "in all %,d points, %,d bytes, about %s s%s",
            found.path("points").asLong(),
            found.path("bytes").asLong(),
            Session.cell(found, "estimated_seconds"),
            found.path("accepted").asBoolean() ? "" : "; " + DryRunView.WOULD_BE_REFUSED));
    return lines;
  }

  static boolean goesOn(JsonNode plan) {
    return GOING_ON.contains(Session.cell(plan, "state"));
  }
}
