// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of migrations. Every member shows those from the log; only the member that ran the
 * engine shows those of the engine.
 */
final class MigrationMetrics implements MigrationRecorder {
  private final MeterRegistry registry;
  private final String prefix;
  private final Counter points;
  private final Counter bytes;
  private final Counter repairs;
  private final Counter rounds;
  private final Counter spilled;
  private final Counter throttled;

  /**
   * @param prefix of every name
   */
  MigrationMetrics(MeterRegistry registry, String prefix) {
    this.registry = registry;
    this.prefix = prefix + "migration_";
    this.points = counter("points", "points copied in first rounds");
    this.bytes = counter("bytes", "bytes of the points copied in first rounds");
    this.repairs =
        counter(
            "repairs",
            "points written or deleted again in later rounds, because a client's write had crossed the copy");
    this.rounds =
        counter(
            "verification_rounds",
            "rounds that were begun: the first copy, and each comparison after it");
    this.spilled = counter("spilled", "points kept in spill files before they were dropped");
    this.throttled = counter("throttled_seconds", "seconds that throttles delayed migrations");
  }

  private Counter counter(String name, String description) {
    return Counter.builder(prefix + name).description(description).register(registry);
  }

  /** Adds the metrics of the active migration from the log. */
  void watch(StateView view) {
    for (Phase phase : Phase.values()) {
      if (!phase.isTerminal()) {
        gauge(
            Gauge.builder(
                    prefix + "phase",
                    view,
                    v ->
                        active(v).filter(migration -> migration.phase() == phase).isPresent()
                            ? 1
                            : 0)
                .description("1 for the phase that the active migration is in; all 0 without one")
                .tag("phase", phase.name()));
      }
    }
    for (MigrationState state :
        new MigrationState[] {
          MigrationState.RUNNING,
          MigrationState.PAUSED,
          MigrationState.HOLDING,
          MigrationState.REVERTING
        }) {
      gauge(
          Gauge.builder(
                  prefix + "state",
                  view,
                  v ->
                      active(v).filter(migration -> migration.state() == state).isPresent() ? 1 : 0)
              .description(
                  "1 for the state that the active migration is in: running, paused, holding, reverting")
              .tag("state", state.wireName()));
    }
    progress(
        view,
        "planned_points",
        "points that the active migration is to copy, as far as it is known",
        MigrationProgress::pointsTotal);
    progress(
        view,
        "done_points",
        "points that the active migration has copied",
        MigrationProgress::pointsDone);
  }

  private void progress(
      StateView view, String name, String description, ToDoubleFunction<MigrationProgress> number) {
    gauge(
        Gauge.builder(
                prefix + name,
                view,
                v -> active(v).map(Migration::progress).map(number::applyAsDouble).orElse(0.0))
            .description(description));
  }

  private void gauge(Gauge.Builder<StateView> gauge) {
    gauge.strongReference(true).register(registry);
  }

  private static Optional<Migration> active(StateView view) {
    return view.current().state().migrations().active();
  }

  @Override
  public void copied(long copiedPoints, long copiedBytes) {
    points.increment((double) copiedPoints);
    bytes.increment((double) copiedBytes);
  }

  @Override
  public void repaired(long repairedPoints) {
    repairs.increment((double) repairedPoints);
  }

  @Override
  public void verificationRound() {
    rounds.increment();
  }

  @Override
  public void retried(String reason) {
    Counter.builder(prefix + "retries")
        .description("calls to shards that failed and were repeated, by the kind of failure")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  @Override
  public void barrierWaited(String routerUrl, Duration duration) {
    Counter.builder(prefix + "barrier_wait_seconds")
        .description("seconds that migrations waited for this router to confirm a map")
        .tag("router", routerUrl)
        .register(registry)
        .increment(seconds(duration));
  }

  @Override
  public void spilled(long spilledPoints) {
    spilled.increment((double) spilledPoints);
  }

  @Override
  public void throttled(Duration duration) {
    throttled.increment(seconds(duration));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
