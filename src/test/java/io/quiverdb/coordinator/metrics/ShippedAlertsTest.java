// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.FakeStateView;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.ClusterState;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** An alert on a metric that nobody writes never fires. */
class ShippedAlertsTest {
  private static final Path PRODUCTION = Path.of("cluster-configs", "production");
  private static final Pattern METRIC = Pattern.compile("quiver_coordinator_[a-z_]+");
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (quiver_coordinator_[a-z_]+) ");
  private static final Pattern DOCUMENTED =
      Pattern.compile("(?m)^\\| `(quiver_coordinator_(?!raft_)[a-z_]+)(?:\\{[a-z,]+})?` \\|");
  private static final AppliedState STATE = new AppliedState(ClusterState.INITIAL, 7, 1);

  private final YAMLMapper yaml = new YAMLMapper();

  private static String written() {
    try (CoordinatorMetrics metrics = new CoordinatorMetrics()) {
      metrics.watch(new FakeStateView(STATE), new Fresh(), new Alone());
      metrics.watch(
          new Lone(),
          () -> List.of(new Member("c2", "c2:6336", URI.create("http://c2:6335"))),
          "c1");
      metrics.watchCertificate(() -> Duration.ofDays(1));
      metrics.answered("GET", "/cluster/map", 401);
      metrics.committed(1_000_000);
      metrics.migrations().retried("timeout");
      metrics.migrations().barrierWaited("http://r1:6330", Duration.ofSeconds(1));
      return metrics.scrape();
    }
  }

  @Test
  void everyMetricHasItsRowInTheDocuments() throws Exception {
    TreeSet<String> documented = new TreeSet<>();
    Matcher rows = DOCUMENTED.matcher(Files.readString(Path.of("docs", "metrics.md")));
    while (rows.find()) {
      documented.add(rows.group(1));
    }
    TreeSet<String> written = new TreeSet<>();
    Matcher types = TYPE.matcher(written());
    while (types.find()) {
      if (!types.group(1).equals("quiver_coordinator_commit_seconds_max")) {
        written.add(types.group(1));
      }
    }
    assertEquals(written, documented);
  }

  @Test
  void everyMetricOfAnAlertIsWritten() throws Exception {
    String written = written();
    TreeSet<String> used = new TreeSet<>();
    for (JsonNode alert : alerts()) {
      Matcher names = METRIC.matcher(alert.path("expr").asText());
      while (names.find()) {
        used.add(names.group());
      }
    }
    assertFalse(used.isEmpty());
    for (String name : used) {
      assertTrue(
          Pattern.compile("(?m)^" + name + "[ {]").matcher(written).find(),
          name + " is not in\n" + written);
    }
    for (String labels :
        new String[] {"role=\"leader\"", "route=\"/cluster/map\"", "status=\"401\""}) {
      assertTrue(written.contains(labels), labels + " is not in\n" + written);
    }
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
  void everyMemberIsScraped() throws Exception {
    JsonNode job = prometheus().path("scrape_configs").get(0);
    assertEquals(3, job.path("static_configs").get(0).path("targets").size());
    assertEquals("/metrics", job.path("metrics_path").asText());
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

  private static final class Fresh implements Reads {
    @Override
    public CompletableFuture<AppliedState> linearizable() {
      return CompletableFuture.completedFuture(STATE);
    }

    @Override
    public Optional<Duration> staleness() {
      return Optional.of(Duration.ofMillis(100));
    }
  }

  private static final class Lone implements Membership {
    @Override
    public Optional<Set<String>> voters() {
      return Optional.of(Set.of("c1"));
    }

    @Override
    public List<Trouble> troubles() {
      return List.of();
    }

    @Override
    public Optional<Set<String>> following() {
      return Optional.of(Set.of());
    }
  }

  private static final class Alone implements Leadership {
    @Override
    public View current() {
      return new View(Role.LEADER, true, 1, Optional.of("c1"), 7);
    }

    @Override
    public StateView.Subscription subscribe(Consumer<View> watcher) {
      return () -> {};
    }

    @Override
    public CompletableFuture<String> transfer(Optional<String> to, Duration limit) {
      return CompletableFuture.completedFuture("c1");
    }
  }
}
