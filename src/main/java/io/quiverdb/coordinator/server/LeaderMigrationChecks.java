// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.MigrationChecks;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import io.quiverdb.coordinator.migration.preflight.ShardUrlPreflight;
import io.quiverdb.coordinator.migration.preflight.ShardUrlRequest;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.shard.ShardWatch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * The leader's checks of shards and routers, and preparation of a migration, off the threads of
 * REST. Thread-safe.
 */
final class LeaderMigrationChecks implements MigrationChecks {
  private final MigrationService migrations;
  private final ShardWatch shardWatch;
  private final ShardUrlPreflight.OldAddress oldAddress;
  private final ExecutorService threads;

  /**
   * Checks on its own threads.
   *
   * @param shardWatch knows what shards held that do not answer any more
   * @param oldAddress looks at the address that a shard leaves
   * @param threads how many; each call blocks one of them for seconds
   */
  LeaderMigrationChecks(
      MigrationService migrations,
      ShardWatch shardWatch,
      ShardUrlPreflight.OldAddress oldAddress,
      ExecutorService threads) {
    this.migrations = migrations;
    this.shardWatch = shardWatch;
    this.oldAddress = oldAddress;
    this.threads = threads;
  }

  @Override
  public CompletableFuture<PreflightReport> check(MigrationRequest request, boolean dryRun) {
    return run(() -> migrations.examine(request, dryRun));
  }

  @Override
  public CompletableFuture<List<Check>> check(ShardUrlRequest request) {
    return run(
        () ->
            migrations.examine(
                ports ->
                    new ShardUrlPreflight(
                            ports.shards(),
                            ports.routers(),
                            ports.tasks(),
                            shardWatch::last,
                            oldAddress)
                        .examine(ports.log().state(), request)));
  }

  @Override
  public CompletableFuture<List<PreflightReport>> checkPlan(
      List<PlanStep> steps, long pointsPerSecond) {
    return run(() -> migrations.examine(steps, pointsPerSecond));
  }

  @Override
  public CompletableFuture<Void> prepare() {
    return run(() -> {
          migrations.prepare();
          return true;
        })
        .thenRun(() -> {});
  }

  private interface Work<T> {
    T done() throws InterruptedException;
  }

  private <T> CompletableFuture<T> run(Work<T> work) {
    try {
      return CompletableFuture.supplyAsync(() -> done(work), threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("too much is being checked here; try again", e));
    }
  }

  private static <T> T done(Work<T> work) {
    try {
      return work.done();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException("this member is shutting down", e);
    }
  }
}
