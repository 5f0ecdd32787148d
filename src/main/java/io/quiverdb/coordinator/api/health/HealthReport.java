// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * The health of the cluster, as one member sees it.
 *
 * @param status the worst of all indicators
 * @param symptom one sentence
 * @param failureTolerance how many members may fail now; empty if unknown
 * @param indicators always the same ones in the same order
 */
public record HealthReport(
    HealthStatus status, String symptom, OptionalInt failureTolerance, List<Indicator> indicators) {
  public HealthReport {
    indicators = List.copyOf(indicators);
  }

  /** The report on an observation. */
  public static HealthReport of(Observed seen) {
    List<Indicator> indicators =
        List.of(
            EnsembleIndicators.quorum(seen),
            EnsembleIndicators.members(seen),
            ClusterIndicators.shards(seen),
            ClusterIndicators.routers(seen),
            ClusterIndicators.migrations(seen),
            HostIndicators.certificates(seen),
            HostIndicators.disk(seen),
            HostIndicators.clocks(seen),
            HostIndicators.configuration(seen));
    HealthStatus status =
        indicators.stream().map(Indicator::status).reduce(HealthStatus.GREEN, HealthStatus::worse);
    return new HealthReport(status, symptom(indicators), seen.failureTolerance(), indicators);
  }

  private static String symptom(List<Indicator> indicators) {
    List<Indicator> wrong =
        indicators.stream()
            .filter(indicator -> indicator.status() != HealthStatus.GREEN)
            .sorted(Comparator.comparing(Indicator::status, Comparator.reverseOrder()))
            .toList();
    if (wrong.isEmpty()) {
      return "all is well: " + indicators.get(0).symptom();
    }
    List<String> others = wrong.stream().skip(1).map(Indicator::name).toList();
    return others.isEmpty()
        ? wrong.get(0).symptom()
        : wrong.get(0).symptom() + "; see also " + String.join(", ", others);
  }

  /** Writes the JSON of the report. */
  public void write(ObjectNode body) {
    body.put("status", status.wireName());
    body.put("symptom", symptom);
    body.put(
        "failure_tolerance", failureTolerance.isPresent() ? failureTolerance.getAsInt() : null);
    ArrayNode rows = body.putArray("indicators");
    for (Indicator indicator : indicators) {
      ObjectNode row = rows.addObject();
      row.put("name", indicator.name());
      row.put("status", indicator.status().wireName());
      row.put("symptom", indicator.symptom());
      ArrayNode impacts = row.putArray("impacts");
      indicator.impacts().forEach(impacts::add);
      ArrayNode diagnosis = row.putArray("diagnosis");
      for (Diagnosis one : indicator.diagnosis()) {
        diagnosis
            .addObject()
            .put("cause", one.cause())
            .put("action", one.action())
            .put("help", one.help());
      }
    }
  }
}
