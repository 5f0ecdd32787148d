// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import io.quiverdb.coordinator.api.request.Alarm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one subject. Not thread-safe. */
final class Findings {
  /** A bound, because hundreds of shards may be down for one reason. */
  private static final int MAX_SHOWN = 20;

  private final String name;
  private final List<Finding> found = new ArrayList<>();

  private record Finding(HealthStatus status, String impact, Diagnosis diagnosis) {}

  /** Starts without findings. */
  Findings(String name) {
    this.name = name;
  }

  /** Adds the alarms about this subject. */
  Findings with(List<Alarm> alarms) {
    for (Alarm alarm : alarms) {
      AlarmAdvice advice = AlarmAdvice.of(alarm.code());
      if (advice.indicator().equals(name)) {
        add(
            alarm.severity().equals("critical") ? HealthStatus.RED : HealthStatus.YELLOW,
            advice.impact(),
            new Diagnosis(alarm.detail(), advice.action(), advice.help()));
      }
    }
    return this;
  }

  void add(HealthStatus status, String impact, Diagnosis diagnosis) {
    found.add(new Finding(status, impact, diagnosis));
  }

  /**
   * The indicator. Findings of equal severity keep their order.
   *
   * @param well the symptom if nothing was found
   */
  Indicator indicator(String well) {
    if (found.isEmpty()) {
      return new Indicator(name, HealthStatus.GREEN, well, List.of(), List.of());
    }
    List<Finding> sorted =
        found.stream()
            .sorted(Comparator.comparing(Finding::status, Comparator.reverseOrder()))
            .toList();
    String worst = sorted.get(0).diagnosis().cause();
    String symptom = sorted.size() == 1 ? worst : worst + " (and " + (sorted.size() - 1) + " more)";
    return new Indicator(
        name,
        sorted.get(0).status(),
        symptom,
        sorted.stream().map(Finding::impact).distinct().limit(MAX_SHOWN).toList(),
        sorted.stream().map(Finding::diagnosis).limit(MAX_SHOWN).toList());
  }
}
