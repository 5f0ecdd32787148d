// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.MigrationChecks;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** The leader's checks and preparation of a migration, on threads of their own. Thread-safe. */
final class LeaderMigrationChecks implements MigrationChecks {
  private final MigrationService migrations;
  private final ExecutorService threads;

  /**
   * Checks on its own threads.
   *
   * @param threads how many; each call blocks one of them for seconds
   */
  LeaderMigrationChecks(MigrationService migrations, ExecutorService threads) {
    this.migrations = migrations;
    this.threads = threads;
  }

  @Override
  public CompletableFuture<PreflightReport> check(MigrationRequest request, boolean dryRun) {
    return started(() -> CompletableFuture.supplyAsync(() -> examined(request, dryRun), threads));
  }

  @Override
  public CompletableFuture<Void> prepare() {
    return started(() -> CompletableFuture.runAsync(this::prepared, threads));
  }

  private static <T> CompletableFuture<T> started(Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("too many migrations are being checked here; try again", e));
    }
  }

  private PreflightReport examined(MigrationRequest request, boolean dryRun) {
    try {
      return migrations.examine(request, dryRun);
    } catch (InterruptedException e) {
      throw shuttingDown(e);
    }
  }

  private void prepared() {
    try {
      migrations.prepare();
    } catch (InterruptedException e) {
      throw shuttingDown(e);
    }
  }

  private static CompletionException shuttingDown(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new CompletionException("this member is shutting down", e);
  }
}
