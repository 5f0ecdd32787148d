// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.codec.PlanJson;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.PlannedTransfer;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.model.PlanStep;
import java.util.List;

/** The JSON of a dry run. */
final class PreflightJson {
  private static final String NOT_RUN = "not run";

  private PreflightJson() {}

  static byte[] bytes(PreflightReport checked) {
    return Json.bytes(body -> write(checked, body));
  }

  /** The dry run of a whole plan. */
  static byte[] bytes(List<PlanStep> steps, List<PreflightReport> reports) {
    boolean timed = reports.stream().allMatch(r -> r.estimatedSeconds().isPresent());
    return Json.bytes(
        body -> {
          body.put(
              "accepted",
              reports.size() == steps.size()
                  && reports.stream().allMatch(PreflightReport::accepted));
          body.set(
              "estimated_seconds",
              Json.value(
                  timed
                      ? reports.stream().mapToLong(r -> r.estimatedSeconds().getAsLong()).sum()
                      : null));
          body.put("points", reports.stream().mapToLong(r -> r.transfers().points()).sum());
          body.put("bytes", reports.stream().mapToLong(r -> r.transfers().bytes()).sum());
          ArrayNode list = body.putArray("steps");
          for (int i = 0; i < reports.size(); i++) {
            ObjectNode step = PlanJson.subject(steps.get(i));
            write(reports.get(i), step);
            list.add(step);
          }
        });
  }

  /** Where nothing is moved. */
  static byte[] bytes(List<Check> checks) {
    return Json.bytes(
        body -> {
          body.put("accepted", checks.stream().noneMatch(Check::failed));
          ArrayNode list = body.putArray("checks");
          checks.forEach(check -> write(check, list.addObject()));
        });
  }

  private static void write(PreflightReport checked, ObjectNode body) {
    body.put("accepted", checked.accepted());
    body.set(
        "estimated_seconds",
        checked.estimatedSeconds().isPresent()
            ? Json.value(checked.estimatedSeconds().getAsLong())
            : Json.value(null));
    ArrayNode checks = body.putArray("checks");
    checked.checks().forEach(check -> write(check, checks.addObject()));
    body.put("points", checked.transfers().points());
    body.put("bytes", checked.transfers().bytes());
    ArrayNode transfers = body.putArray("moves");
    checked.transfers().listed().forEach(transfer -> write(transfer, transfers.addObject()));
    body.put("moves_left_out", checked.transfers().leftOut());
  }

  private static void write(Check check, ObjectNode node) {
    node.put("name", check.name());
    node.put("ok", check.ok().orElse(null));
    node.put("detail", check.ok().isEmpty() && check.detail().isEmpty() ? NOT_RUN : check.detail());
  }

  private static void write(PlannedTransfer transfer, ObjectNode node) {
    node.put("collection", transfer.collection());
    node.set("from", JsonValues.u64(transfer.from()));
    node.set("to", JsonValues.u64(transfer.to()));
    node.put("points", transfer.points());
    node.put("bytes", transfer.bytes());
    node.put("estimated", transfer.estimated());
  }
}
