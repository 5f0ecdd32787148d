// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.request.MigrationChecks;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PlannedTransfer;
import io.quiverdb.coordinator.migration.preflight.PlannedTransfers;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.migration.preflight.ShardUrlRequest;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.PlanStep;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** All checks pass, unless the test sets something else. */
final class StubChecks implements MigrationChecks {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger prepared = new AtomicInteger();
  private volatile UnaryOperator<CompletableFuture<PreflightReport>> answer =
      UnaryOperator.identity();

  List<String> asked() {
    return asked;
  }

  /** How many starts were prepared. */
  int prepared() {
    return prepared.get();
  }

  /** The answer if not all checks pass. */
  void answering(UnaryOperator<CompletableFuture<PreflightReport>> other) {
    answer = other;
  }

  void failing(Check check) {
    answer =
        well ->
            well.thenApply(
                checked ->
                    new PreflightReport(
                        List.of(checked.checks().get(0), check),
                        PlannedTransfers.NONE,
                        OptionalLong.empty(),
                        Optional.empty()));
  }

  @Override
  public CompletableFuture<PreflightReport> check(MigrationRequest request, boolean dryRun) {
    boolean grow = request.kind() == MigrationKind.GROW;
    asked.add(
        (grow
                ? "grow " + request.url() + request.replicaUrls()
                : "drain " + Long.toUnsignedString(request.shardId()))
            + (dryRun ? " dry" : ""));
    return answer(
        grow
            ? new MigrationPlan(
                MigrationKind.GROW, 0, request.url(), request.replicaUrls(), true, List.of("old"))
            : new MigrationPlan(
                MigrationKind.DRAIN, request.shardId(), "", List.of(), false, List.of()),
        dryRun);
  }

  /** What the checks of an address find. */
  volatile List<Check> ofUrl = List.of(new Check("url", Optional.of(true), "fine"));

  /** Runs while the checks are made. */
  volatile Runnable meanwhile = () -> {};

  @Override
  public CompletableFuture<List<Check>> check(ShardUrlRequest request) {
    asked.add(
        "url of "
            + Long.toUnsignedString(request.shardId())
            + " "
            + request.primaryUrl()
            + request.replicaUrls().map(Object::toString).orElse("")
            + (request.force() ? " force" : ""));
    try {
      meanwhile.run();
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
    return CompletableFuture.completedFuture(ofUrl);
  }

  @Override
  public CompletableFuture<List<PreflightReport>> checkPlan(
      List<PlanStep> steps, long pointsPerSecond) {
    asked.add("plan of " + steps.size());
    return answer(new MigrationPlan(MigrationKind.DRAIN, 0, "", List.of(), false, List.of()), true)
        .thenApply(report -> Collections.nCopies(steps.size(), report));
  }

  @Override
  public CompletableFuture<Void> prepare() {
    prepared.incrementAndGet();
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<PreflightReport> answer(MigrationPlan plan, boolean dryRun) {
    return answer.apply(
        CompletableFuture.completedFuture(
            new PreflightReport(
                List.of(
                    new Check("routers", Optional.of(true), "all confirm map version 0"),
                    new Check("alias", dryRun ? Optional.empty() : Optional.of(true), "")),
                PlannedTransfers.of(
                    List.of(new PlannedTransfer("docs", 0, -1L, 7_446, 2_000_000, true)), 1),
                OptionalLong.of(12),
                dryRun ? Optional.empty() : Optional.of(plan))));
  }
}
