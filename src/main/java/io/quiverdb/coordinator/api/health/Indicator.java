// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import java.util.List;

/**
 * The health of one subject.
 *
 * @param name of the subject: one word, stable
 * @param symptom the observation, in one sentence
 * @param impacts what does not work because of it; none if all is well
 * @param diagnosis the causes, the worst first; none if all is well
 */
public record Indicator(
    String name,
    HealthStatus status,
    String symptom,
    List<String> impacts,
    List<Diagnosis> diagnosis) {
  public Indicator {
    impacts = List.copyOf(impacts);
    diagnosis = List.copyOf(diagnosis);
  }
}
