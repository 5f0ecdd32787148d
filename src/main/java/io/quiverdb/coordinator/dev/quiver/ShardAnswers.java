// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what shards answer to a router. */
final class ShardAnswers {
  private ShardAnswers() {}

  static Point point(JsonNode answer) {
    return new Point(
        answer.path("id").asText(),
        vector(answer.path("vector")),
        answer.has("payload") ? CanonicalJson.text(answer.get("payload")) : "null");
  }

  static List<Match> matches(JsonNode answer) {
    List<Match> matches = new ArrayList<>();
    for (JsonNode match : answer.path("matches")) {
      matches.add(
          new Match(
              match.path("id").asText(),
              (float) match.path("score").doubleValue(),
              Optional.ofNullable(match.get("payload")).map(CanonicalJson::text),
              Optional.ofNullable(match.get("vector")).map(ShardAnswers::vector)));
    }
    return matches;
  }

  static Metric metric(JsonNode collection) {
    String word = collection.path("metric").asText();
    for (Metric metric : Metric.values()) {
      if (QuiverJson.word(metric).equals(word)) {
        return metric;
      }
    }
    return Metric.L2;
  }

  private static FloatVector vector(JsonNode array) {
    float[] numbers = new float[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) array.get(i).doubleValue();
    }
    return FloatVector.of(numbers);
  }
}
