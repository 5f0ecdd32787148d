// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.codec.BackupCodec;
import io.quiverdb.coordinator.codec.MalformedDocumentException;
import io.quiverdb.coordinator.codec.Snapshot;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Genesis;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Backup and restore of the replicated state. */
final class BackupRoutes implements Routes {
  /**
   * The time-out for asking routers: a follower that forwarded the restore waits for 2.1 s in all.
   */
  private static final Duration ROUTERS = Duration.ofSeconds(1);

  private final ApiContext node;
  private final Access access;
  private final CommandHandler changes;

  BackupRoutes(ApiContext node, Access access, CommandHandler changes) {
    this.node = node;
    this.access = access;
    this.changes = changes;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/backup", this::backup);
    routes.post("/cluster/restore", this::restore, "min_version", "min_next_id");
    routes.get("/internal/snapshot", this::snapshot);
  }

  private void backup(Context ctx) {
    access.admin(ctx);
    FreshnessGate.check(node);
    ClusterState state = node.view().current().state();
    BackupContent content =
        new BackupContent(
            state.genesis().map(Genesis::clusterId).orElse(""),
            state.map(),
            state.nextId(),
            state.highestVersion(),
            state.routers());
    Responses.json(ctx, BackupCodec.encode(content, node.clock().millis(), node.id()));
  }

  /** Answers with this member's state as in a snapshot, to compare members. */
  private void snapshot(Context ctx) {
    access.admin(ctx);
    AppliedState applied = node.view().current();
    ctx.status(200).contentType("application/jsonl");
    try {
      // Streamed: a snapshot may take a large part of the heap.
      SnapshotCodec.current()
          .write(
              ctx.res().getOutputStream(),
              new Snapshot(applied.state(), applied.index(), applied.term()));
    } catch (IOException e) {
      throw new UncheckedIOException("the caller does not read the snapshot", e);
    }
  }

  private void restore(Context ctx) {
    Body.json(ctx);
    BackupContent content;
    try {
      content = BackupCodec.decode(Body.bytes(ctx));
    } catch (MalformedDocumentException e) {
      throw new ApiException(Fault.WRONG_SHAPE, e.getMessage() + "");
    }
    long version = Parameters.u64Or(ctx, "min_version", 0);
    long nextId = Parameters.u64Or(ctx, "min_next_id", 0);
    // If the request is forwarded, the leader asks the routers itself.
    if (!node.leadership().current().leads()) {
      changes.answer(ctx, CommandRequest.ours(new Command.Restore(content, version, nextId)));
      return;
    }
    List<CompletableFuture<ShardMap>> adopted =
        node.view().current().state().routers().stream()
            .map(
                url ->
                    node.routers()
                        .adoptedMap(url)
                        .orTimeout(ROUTERS.toMillis(), TimeUnit.MILLISECONDS)
                        .exceptionally(late -> ShardMap.EMPTY))
            .toList();
    ctx.future(
        () ->
            CompletableFuture.allOf(adopted.toArray(CompletableFuture[]::new))
                .thenCompose(
                    done -> {
                      long versionFloor = version;
                      long nextIdFloor = nextId;
                      for (CompletableFuture<ShardMap> map : adopted) {
                        versionFloor = Unsigned.max(versionFloor, map.join().version());
                        nextIdFloor = Unsigned.max(nextIdFloor, map.join().lowestFreeId());
                      }
                      return changes.start(
                          ctx,
                          CommandRequest.ours(
                              new Command.Restore(content, versionFloor, nextIdFloor)));
                    }));
  }
}
