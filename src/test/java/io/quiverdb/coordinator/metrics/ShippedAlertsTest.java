// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quiverdb.coordinator.Headings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** An alert on a missing metric never fires; one without a runbook does not help. */
class ShippedAlertsTest {
  private static final Path PRODUCTION = Path.of("cluster-configs", "production");
  private static final String RUNBOOK = "docs/operating.md";

  private final YAMLMapper yaml = new YAMLMapper();
  private final ScrapedMetrics scraped = ScrapedMetrics.now();

  @Test
  void everyMetricAndLabelOfAnAlertIsWritten() throws Exception {
    Map<String, Set<String>> unknown = new TreeMap<>();
    for (JsonNode alert : alerts()) {
      PromExpression expression = new PromExpression(alert.path("expr").asText());
      assertTrue(!expression.metrics().isEmpty(), alert.toString());
      if (!expression.unknown(scraped).isEmpty()) {
        unknown.put(alert.path("alert").asText(), expression.unknown(scraped));
      }
    }
    assertEquals(Map.of(), unknown);
  }

  @Test
  void everyAlertSaysHowBadItIsAndWhatToDo() throws Exception {
    for (JsonNode alert : alerts()) {
      assertTrue(alert.path("alert").asText().startsWith("QuiverCoordinator"));
      assertTrue(alert.path("expr").isTextual());
      assertTrue(alert.path("labels").path("severity").asText().matches("warning|critical"));
      assertTrue(alert.path("annotations").path("description").asText().length() > 20);
    }
  }

  @Test
  void everyAlertHasItsOwnRunbook() throws Exception {
    Set<String> missing = new TreeSet<>();
    for (JsonNode alert : alerts()) {
      String own = RUNBOOK + "#" + alert.path("alert").asText().toLowerCase(Locale.ROOT);
      String link = alert.path("annotations").path("runbook_url").asText();
      if (!link.equals(own) || !Headings.has(link)) {
        missing.add(own + ", not " + link);
      }
    }
    assertEquals(Set.of(), missing);
  }

  /** By promtool, which need not be there: {@code make lint-rules}. */
  @Test
  void everyAlertFiresInATestOfItsOwn() throws Exception {
    String tests = Files.readString(PRODUCTION.resolve("quiver-coordinator.rules.test.yml"));
    Set<String> untested = new TreeSet<>();
    for (JsonNode alert : alerts()) {
      String name = alert.path("alert").asText();
      if (!tests.contains("alertname=\"" + name + "\"")) {
        untested.add(name);
      }
    }
    assertEquals(Set.of(), untested);
  }

  @Test
  void everyMemberIsScraped() throws Exception {
    JsonNode job = prometheus().path("scrape_configs").get(0);
    assertEquals(3, job.path("static_configs").get(0).path("targets").size());
    assertEquals("/metrics", job.path("metrics_path").asText());
  }

  @Test
  void aWrongNameIsSeen() {
    Map<String, String> wrong =
        Map.of(
            "max by (shard) (quiver_coordinator_shard_point)", "quiver_coordinator_shard_point",
            "sum by (shards) (quiver_coordinator_shard_points)", "by shards",
            "quiver_coordinator_role{role=\"boss\"} == 1", "quiver_coordinator_role{role=\"boss\"}",
            "rate(quiver_coordinator_commit_seconds_total[5m])",
                "quiver_coordinator_commit_seconds_total",
            "quiver_coordinator_alarm{kind=~\"a|b\"} and on (instance) up == 1",
                "quiver_coordinator_alarm{kind=\"\"}");
    wrong.forEach(
        (text, what) -> {
          Set<String> unknown = new PromExpression(text).unknown(scraped);
          assertTrue(unknown.contains(what), text + ": " + unknown);
        });
  }

  private JsonNode alerts() throws Exception {
    String file = prometheus().path("rule_files").get(0).asText();
    JsonNode alerts =
        yaml.readTree(PRODUCTION.resolve(file).toFile()).path("groups").get(0).path("rules");
    assertTrue(alerts.size() > 3);
    return alerts;
  }

  private JsonNode prometheus() throws Exception {
    return yaml.readTree(PRODUCTION.resolve("prometheus.yml").toFile());
  }
}
