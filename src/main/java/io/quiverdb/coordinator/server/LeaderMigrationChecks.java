package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.MigrationChecks;
import io.quiverdb.coordinator.command.Command.StartMigration;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.migration.preflight.PreflightReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** The leader's look at shards and routers before a move, off the threads of REST. */
final class LeaderMigrationChecks implements MigrationChecks {
  private final MigrationService moves;
  private final ExecutorService threads;
  private final long throttlePointsPerSecond;

  /**
   * Checks.
   *
   * @param threads each look blocks one for seconds
   */
  LeaderMigrationChecks(
      MigrationService moves, ExecutorService threads, long throttlePointsPerSecond) {
    this.moves = moves;
    this.threads = threads;
    this.throttlePointsPerSecond = throttlePointsPerSecond;
  }

  @Override
  public CompletableFuture<Checked> grow(String url, List<String> replicaUrls, boolean dryRun) {
    return look(MigrationRequest.grow(url, replicaUrls, throttlePointsPerSecond), dryRun);
  }

  @Override
  public CompletableFuture<Checked> drain(long shardId, boolean dryRun) {
    return look(MigrationRequest.drain(shardId, throttlePointsPerSecond), dryRun);
  }

  private CompletableFuture<Checked> look(MigrationRequest request, boolean dryRun) {
    try {
      return CompletableFuture.supplyAsync(() -> examined(request, dryRun), threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("too many moves are being checked here; try again", e));
    }
  }

  private Checked examined(MigrationRequest request, boolean dryRun) {
    try {
      return checked(moves.examine(request, dryRun));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException("this member is shutting down", e);
    }
  }

  private static Checked checked(PreflightReport report) {
    return new Checked(
        report.checks().stream()
            .map(check -> new Check(check.name(), check.ok(), check.detail()))
            .toList(),
        report.moves().stream()
            .map(
                move ->
                    new MoveEstimate(
                        move.collection(),
                        move.from(),
                        move.to(),
                        move.points(),
                        move.bytes(),
                        move.estimated()))
            .toList(),
        report.estimatedSeconds(),
        report.start().map(StartMigration::plan));
  }
}
