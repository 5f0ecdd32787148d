// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.growth;

import io.quiverdb.coordinator.api.http.ErrorMapper;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.MigrationOptions;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.command.GrowthCommand.BeginGrowth;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Standby;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the shards while this member leads, as often as the policy says, and adds the next
 * standby when nothing speaks against it. The entry that begins the migration names policy and map:
 * whatever became of an earlier attempt, no standby is added twice. Thread-safe.
 */
public final class GrowthWatch {
  private static final Logger LOG = LoggerFactory.getLogger(GrowthWatch.class);

  private final Sources node;
  private final GrowthLooks looks;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile Optional<Long> lookedNanos = Optional.empty();

  /**
   * What it looks at, and how it acts.
   *
   * @param clock for times that people read
   * @param around asks shards and routers; ends within some seconds
   */
  public record Sources(
      Leadership leadership,
      StateView view,
      CommandLog log,
      EnsembleClock time,
      Clock clock,
      MigrationOptions migrations,
      Supplier<CompletableFuture<Surroundings>> around) {
    /** Those of a member. */
    public static Sources of(ApiContext node, Supplier<CompletableFuture<Surroundings>> around) {
      return new Sources(
          node.leadership(),
          node.view(),
          node.log(),
          node.time(),
          node.clock(),
          node.migrations(),
          around);
    }
  }

  /** Watches for a member. */
  public GrowthWatch(Sources node, GrowthLooks looks) {
    this.node = node;
    this.looks = looks;
  }

  /** Looks if it is time; to be called about every second. Never blocks. */
  public void look() {
    Leadership.View view = node.leadership().current();
    Optional<GrowthPolicy> policy = state().growth().policy().filter(this::isOn);
    if (!view.leads() || policy.isEmpty()) {
      looks.forget();
      lookedNanos = Optional.empty();
      return;
    }
    long now = node.time().nanos();
    long interval = Duration.ofMillis(policy.get().intervalMillis()).toNanos();
    boolean due = lookedNanos.map(last -> now - last >= interval).orElse(true);
    if (due && busy.compareAndSet(false, true)) {
      lookedNanos = Optional.of(now);
      // What a look throws at once ends it like any other failure: it must not stay busy.
      var unused =
          CompletableFuture.<Void>completedFuture(null)
              .thenCompose(begun -> seen(view.term()))
              .whenComplete(
                  (done, failure) -> {
                    busy.set(false);
                    if (failure != null) {
                      LOG.warn("the look at the shards failed; the next one is due soon", failure);
                    }
                  });
    }
  }

  private boolean isOn(GrowthPolicy policy) {
    return policy.mode() != GrowthMode.OFF && node.migrations().autoscale() != GrowthMode.OFF;
  }

  private ClusterState state() {
    return node.view().current().state();
  }

  private CompletableFuture<Void> seen(long term) {
    long asked = node.time().nanos();
    return node.around()
        .get()
        .thenCompose(
            found -> {
              ClusterState state = state();
              GrowthAdvice advice =
                  looks.look(term, state, count -> advice(state, found, asked, count));
              return advice.begins()
                  ? begin(term, state, advice)
                  : CompletableFuture.completedFuture(null);
            });
  }

  private GrowthAdvice advice(ClusterState state, Surroundings found, long asked, int count) {
    return GrowthAdvice.of(
        state,
        found,
        Duration.ofNanos(node.time().nanos() - asked),
        node.time().countedMillis(),
        node.migrations().autoscale(),
        count);
  }

  /** The advice of now, for an operator: a look that does not count. */
  public CompletableFuture<GrowthAdvice> now() {
    long asked = node.time().nanos();
    long term = node.leadership().current().term();
    return node.around()
        .get()
        .thenApply(
            found -> {
              ClusterState state = state();
              return advice(state, found, asked, looks.count(term, state));
            });
  }

  private CompletableFuture<Void> begin(long term, ClusterState state, GrowthAdvice advice) {
    Standby standby = state.growth().next().orElseThrow();
    LOG.info("{}: checks the standby {}", advice.summary(), standby.url());
    return node.migrations()
        .checks()
        .check(
            MigrationRequest.grow(
                standby.url(), standby.replicaUrls(), node.migrations().throttlePointsPerSecond()),
            false)
        .thenCompose(report -> checked(term, state, standby, report))
        .exceptionallyCompose(failure -> notBegun(standby, reason(failure)));
  }

  private static String reason(Throwable failure) {
    Throwable cause = ErrorMapper.cause(failure);
    return Objects.requireNonNullElse(cause.getMessage(), cause.toString());
  }

  private CompletableFuture<Void> checked(
      long term, ClusterState state, Standby standby, PreflightReport report) {
    if (report.plan().isEmpty()) {
      return notBegun(
          standby,
          report
              .firstFailed()
              .map(check -> check.name() + ": " + check.detail())
              .orElse("the checks were not made"));
    }
    return node.migrations()
        .checks()
        .prepare()
        .thenCompose(ready -> lookAgain(term, state, standby, report.plan().get()));
  }

  /** The checks took seconds, in which an alarm may have been raised. */
  private CompletableFuture<Void> lookAgain(
      long term, ClusterState state, Standby standby, MigrationPlan plan) {
    long asked = node.time().nanos();
    return node.around()
        .get()
        .thenCompose(
            found -> {
              GrowthAdvice advice = advice(state(), found, asked, looks.count(term, state()));
              return advice.begins()
                  ? submit(term, state, standby, plan, advice.fullest())
                  : notBegun(
                      standby,
                      advice.obstacles().isEmpty()
                          ? advice.summary()
                          : advice.obstacles().get(0).detail());
            });
  }

  private CompletableFuture<Void> submit(
      long term,
      ClusterState state,
      Standby standby,
      MigrationPlan plan,
      GrowthAdvice.SeenShard fullest) {
    BeginGrowth begin =
        new BeginGrowth(
            state.growth().version(),
            state.map().version(),
            plan,
            node.migrations().throttlePointsPerSecond(),
            fullest.id(),
            fullest.points().orElse(0),
            term);
    return node.log()
        .submit(Proposal.of(node.time().stamp(Stamp.SYSTEM), begin))
        .thenCompose(submission -> submitted(standby, submission));
  }

  private CompletableFuture<Void> submitted(Standby standby, Submission submission) {
    if (submission instanceof Submission.Answered answered
        && !(answered.outcome() instanceof Rejected)) {
      looks.attempted(Optional.empty());
      return CompletableFuture.completedFuture(null);
    }
    return notBegun(
        standby,
        submission instanceof Submission.Answered answered
            ? ((Rejected) answered.outcome()).detail()
            : "the log did not take it: " + submission);
  }

  private CompletableFuture<Void> notBegun(Standby standby, String why) {
    boolean known =
        looks
            .attempt()
            .filter(last -> last.url().equals(standby.url()) && last.error().equals(why))
            .isPresent();
    if (!known) {
      LOG.warn("the standby {} is not added: {}", standby.url(), why);
    }
    looks.attempted(
        Optional.of(
            new GrowthLooks.Attempt(JsonValues.time(node.clock().millis()), standby.url(), why)));
    return CompletableFuture.completedFuture(null);
  }
}
