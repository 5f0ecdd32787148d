// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.FakeStateView;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MigrationMetricsTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MigrationMetrics metrics = new MigrationMetrics(registry, "quiver_coordinator_");
  private final FakeStateView view = new FakeStateView(ClusterState.INITIAL);

  private double value(String series) {
    String written = registry.scrape();
    for (String line : written.split("\n")) {
      if (line.startsWith("quiver_coordinator_migration_" + series + " ")) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
      }
    }
    throw new AssertionError(series + " is not in\n" + written);
  }

  @Test
  void whatTheEngineDoesIsCounted() {
    metrics.copied(1_000, 64_000);
    metrics.copied(1, 64);
    metrics.repaired(3);
    metrics.verificationRound();
    metrics.retried("busy");
    metrics.retried("busy");
    metrics.retried("timeout");
    metrics.barrierWaited("http://r1:6330", Duration.ofMillis(1_500));
    metrics.spilled(2);
    metrics.throttled(Duration.ofMillis(250));
    assertEquals(1_001, value("points_total"));
    assertEquals(64_064, value("bytes_total"));
    assertEquals(3, value("repairs_total"));
    assertEquals(1, value("verification_rounds_total"));
    assertEquals(2, value("retries_total{reason=\"busy\"}"));
    assertEquals(1, value("retries_total{reason=\"timeout\"}"));
    assertEquals(1.5, value("barrier_wait_seconds_total{router=\"http://r1:6330\"}"));
    assertEquals(2, value("spilled_total"));
    assertEquals(0.25, value("throttled_seconds_total"));
  }

  @Test
  void whatTheLogSaysIsShown() {
    metrics.watch(view);
    assertEquals(0, value("phase{phase=\"COPYING\"}"));
    assertEquals(0, value("planned_points"));
    Migration migration =
        Migration.prepared(
                1,
                new MigrationPlan(
                    MigrationKind.GROW, 4, "http://n4:1", List.of(), false, List.of()),
                new PhaseEntry(Phase.PREPARED, 1, 1, "c1", 0),
                ShardMap.EMPTY,
                0)
            .entering(new PhaseEntry(Phase.COPYING, 2, 1, "c1", 0))
            .withProgress(new MigrationProgress(90, 30, 0, 0, 1, List.of()))
            .withState(MigrationState.HOLDING);
    ClusterState state = ClusterState.INITIAL;
    view.publish(
        new AppliedState(state.withMigrations(state.migrations().started(migration)), 8, 1));
    assertEquals(1, value("phase{phase=\"COPYING\"}"));
    assertEquals(0, value("phase{phase=\"VERIFYING\"}"));
    assertEquals(1, value("state{state=\"holding\"}"));
    assertEquals(0, value("state{state=\"running\"}"));
    assertEquals(90, value("planned_points"));
    assertEquals(30, value("done_points"));
    assertFalse(
        registry.scrape().contains("phase=\"DONE\""), "only the active migration has a phase");
  }

  @Test
  void theyAreAmongTheMetricsOfTheMember() {
    try (CoordinatorMetrics member = new CoordinatorMetrics()) {
      member.migrations().spilled(7);
      assertTrue(
          member
              .scrape(Observation.NONE)
              .contains("quiver_coordinator_migration_spilled_total 7.0"));
    }
  }
}
