// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A panel on a missing metric is empty, and looks like a healthy cluster. */
class ShippedDashboardTest {
  private static final Path FILE =
      Path.of("cluster-configs", "production", "quiver-coordinator-dashboard.json");
  private static final String SOURCE = "${DS_PROMETHEUS}";

  private JsonNode dashboard() throws Exception {
    return new ObjectMapper().readTree(FILE.toFile());
  }

  private List<JsonNode> panels() throws Exception {
    List<JsonNode> panels = new ArrayList<>();
    dashboard().path("panels").forEach(panels::add);
    assertTrue(panels.size() > 8);
    return panels;
  }

  @Test
  void everyExpressionReadsWhatAMemberShows() throws Exception {
    ScrapedMetrics scraped = ScrapedMetrics.now();
    Map<String, Set<String>> unknown = new TreeMap<>();
    int expressions = 0;
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        PromExpression expression = new PromExpression(target.path("expr").asText());
        assertTrue(!expression.metrics().isEmpty(), target.toString());
        expressions++;
        if (!expression.unknown(scraped).isEmpty()) {
          unknown.put(target.path("expr").asText(), expression.unknown(scraped));
        }
      }
    }
    assertEquals(Map.of(), unknown);
    assertTrue(expressions > 12);
  }

  @Test
  void everyFigureOfTheClusterIsOnIt() throws Exception {
    Set<String> shown = new TreeSet<>();
    for (JsonNode panel : panels()) {
      panel
          .path("targets")
          .forEach(t -> shown.addAll(new PromExpression(t.path("expr").asText()).metrics()));
    }
    for (String name :
        new String[] {
          "shard_points",
          "shard_up",
          "router_map_version",
          "router_confirmed",
          "alarm",
          "failure_tolerance",
          "certificate_expiry_seconds"
        }) {
      assertTrue(shown.contains("quiver_coordinator_" + name), name);
    }
  }

  @Test
  void itIsImportedBesideQuiversOwn() throws Exception {
    JsonNode dashboard = dashboard();
    assertEquals("quiver-coordinator", dashboard.path("uid").asText());
    assertEquals("DS_PROMETHEUS", dashboard.path("__inputs").get(0).path("name").asText());
    assertTrue(dashboard.path("id").isNull());
    Set<Integer> ids = new TreeSet<>();
    for (JsonNode panel : panels()) {
      assertTrue(ids.add(panel.path("id").asInt()), "panel " + panel.path("id"));
      assertEquals(SOURCE, panel.path("datasource").path("uid").asText());
      assertTrue(panel.path("title").asText().length() > 2);
      assertTrue(panel.path("description").asText().length() > 10, panel.path("title").asText());
    }
  }
}
