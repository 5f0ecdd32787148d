// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.MigrationChecks;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** The leader's look at shards and routers before a migration, off the threads of REST. */
final class LeaderMigrationChecks implements MigrationChecks {
  private final MigrationService migrations;
  private final ExecutorService threads;

  /**
   * Checks.
   *
   * @param threads each look blocks one for seconds
   */
  LeaderMigrationChecks(MigrationService migrations, ExecutorService threads) {
    this.migrations = migrations;
    this.threads = threads;
  }

  @Override
  public CompletableFuture<PreflightReport> check(MigrationRequest request, boolean dryRun) {
    try {
      return CompletableFuture.supplyAsync(() -> examined(request, dryRun), threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("too many migrations are being checked here; try again", e));
    }
  }

  private PreflightReport examined(MigrationRequest request, boolean dryRun) {
    try {
      return migrations.examine(request, dryRun);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException("this member is shutting down", e);
    }
  }
}
