// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/metrics.md has the metrics of a member. {@code -Dquiver.docs.write=true} writes
 * it.
 */
class MetricsDocumentTest {
  private static final Path DOCUMENT = Path.of("docs", "metrics.md");
  private static final String BEGIN = "<!-- begin metrics: MetricsDocumentTest writes them -->\n";
  private static final String END = "<!-- end metrics -->\n";

  /** The most that was measured since the last look; of no use beside the histogram. */
  private static final String MAX = "quiver_coordinator_commit_seconds_max";

  private final ScrapedMetrics scraped = ScrapedMetrics.now();

  private String table() {
    StringBuilder table = new StringBuilder("| name | type | meaning |\n|---|---|---|\n");
    for (ScrapedMetrics.Family family : scraped.own()) {
      if (!family.name().equals(MAX)) {
        Set<String> labels = new TreeSet<>(scraped.labels(family.name()));
        labels.remove("le");
        table
            .append("| `")
            .append(family.name())
            .append(labels.isEmpty() ? "" : "{" + String.join(",", labels) + "}")
            .append("` | ")
            .append(family.type())
            .append(" | ")
            .append(family.help())
            .append(" |\n");
      }
    }
    return table.toString();
  }

  @Test
  void theTableIsWhatAMemberShows() throws Exception {
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END);
    assertTrue(begin >= 0 && end > begin, DOCUMENT + " has lost its markers");
    String current = document.substring(0, begin) + BEGIN + table() + document.substring(end);
    if (Boolean.getBoolean("quiver.docs.write")) {
      Files.writeString(DOCUMENT, current);
    }
    assertEquals(
        current,
        Files.readString(DOCUMENT),
        "run MetricsDocumentTest once with -Dquiver.docs.write=true");
  }

  @Test
  void theFailureToleranceIsTheOneThatWasObserved() {
    assertTrue(
        ScrapedMetrics.text().contains("\nquiver_coordinator_failure_tolerance 1.0\n"),
        ScrapedMetrics.text());
  }

  @Test
  void everyMetricSaysWhatItIs() {
    for (ScrapedMetrics.Family family : scraped.own()) {
      assertTrue(family.help().length() > 10, family.toString());
    }
  }

  @Test
  void whatIsUnknownIsNotZero() {
    String text = ScrapedMetrics.text();
    for (String line :
        new String[] {
          "quiver_coordinator_shard_points{shard=\"0\"} 90000.0",
          "quiver_coordinator_shard_points{shard=\"1\"} NaN",
          "quiver_coordinator_shard_up{shard=\"1\"} 0.0",
          "quiver_coordinator_router_map_version{router=\"http://r1:6330\"} 1.8446744073709552E19",
          "quiver_coordinator_router_map_version{router=\"http://r2:6330\"} NaN",
          "quiver_coordinator_router_confirmed{router=\"http://r2:6330\"} 0.0",
          "quiver_coordinator_alarm{code=\"left_dirty\"} 2.0",
        }) {
      assertTrue(text.contains("\n" + line + "\n"), line + " is not in\n" + text);
    }
  }
}
