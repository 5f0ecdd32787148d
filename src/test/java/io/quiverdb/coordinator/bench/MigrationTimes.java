// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a migration came to each of its phases.
 *
 * @param began by phase, in their order; a phase that it came to twice counts from the first time
 * @param ended when it was over
 * @param points how many points it moved
 * @param rounds how many rounds copied and compared them
 */
record MigrationTimes(Map<String, Instant> began, Instant ended, long points, int rounds) {
  static MigrationTimes of(JsonNode migration) {
    Map<String, Instant> began = new LinkedHashMap<>();
    for (JsonNode step : migration.path("steps")) {
      began.putIfAbsent(step.path("phase").asText(), Instant.parse(step.path("at").asText()));
    }
    return new MigrationTimes(
        began,
        Instant.parse(migration.path("finished_at").asText()),
        migration.path("progress").path("points_done").asLong(),
        migration.path("progress").path("round").asInt());
  }

  /** From the beginning of the one phase to that of the other, s. */
  double between(String from, String to) {
    return seconds(at(from), at(to));
  }

  /** From the beginning of a phase to that of the next one, s. */
  double in(String phase) {
    Instant from = at(phase);
    Instant to =
        began.values().stream()
            .filter(at -> at.isAfter(from))
            .min(Instant::compareTo)
            .orElse(ended);
    return seconds(from, to);
  }

  double total() {
    return seconds(at("PREPARED"), ended);
  }

  Instant at(String phase) {
    Instant at = began.get(phase);
    if (at == null) {
      throw new IllegalArgumentException("it was never " + phase + ": " + began.keySet());
    }
    return at;
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1e3;
  }
}
