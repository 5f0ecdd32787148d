// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.KeptRecords;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FormatGate;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.codec.BackupCodec;
import io.quiverdb.coordinator.codec.ClusterBackupJson;
import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StartBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.StopBackup;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterBackups;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Genesis;
import io.quiverdb.coordinator.model.Unsigned;

/**
 * Backups of the cluster: begins one, shows them, stops one, and answers with the document of the
 * coordinator that belongs to the snapshots. All of it is for admins: it names paths on the disks
 * of shards.
 */
final class ClusterBackupRoutes implements Routes {
  private static final String ALL = "/cluster/backups";
  private static final String ONE = "/cluster/backups/{id}";
  private static final String DOCUMENT = "/cluster/backups/{id}/document";

  /** A shard of terabytes takes long; an order to stop does not wait for it. */
  private static final long TIMEOUT_SECONDS = 3_600;

  private final ApiContext node;
  private final Access access;
  private final CommandHandler changes;

  ClusterBackupRoutes(ApiContext node, Access access, CommandHandler changes) {
    this.node = node;
    this.access = access;
    this.changes = changes;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post(ALL, this::begin);
    routes.get(ALL, this::list);
    routes.get(ONE, this::one);
    routes.get(DOCUMENT, this::document);
    routes.delete(ONE, this::stop);
  }

  private void begin(Context ctx) {
    Body body = Body.json(ctx);
    StartBackup start =
        new StartBackup(
            body.text("destination"),
            body.optionalCount("timeout_seconds").orElse(TIMEOUT_SECONDS));
    changes.answer(
        ctx,
        CommandRequest.ours(start),
        () -> FormatGate.check(node, ClusterBackups.SINCE_FORMAT, "backups of the cluster"));
  }

  private void list(Context ctx) {
    access.admin(ctx);
    KeptRecords.list(
        ctx,
        "backups",
        state().backups().all().stream(),
        ClusterBackup::id,
        Long.MAX_VALUE,
        ClusterBackupJson::summary);
  }

  private void one(Context ctx) {
    access.admin(ctx);
    Responses.json(ctx, Json.bytes(ClusterBackupJson.toJson(find(ctx, state()))));
  }

  private void document(Context ctx) {
    access.admin(ctx);
    ClusterState state = state();
    ClusterBackup backup = find(ctx, state);
    if (backup.state() != CheckState.DONE) {
      throw new ApiException(
          Fault.CONFLICT,
          "backup "
              + Unsigned.text(backup.id())
              + " is "
              + backup.state().wireName()
              + ": only one that is done can be restored");
    }
    // Counters only grow, and a restore takes the routers that are registered now.
    BackupContent content =
        new BackupContent(
            state.genesis().map(Genesis::clusterId).orElse(""),
            backup.map(),
            state.nextId(),
            state.highestVersion(),
            state.routers());
    Responses.json(ctx, BackupCodec.encode(content, backup.startedMillis(), node.id()));
  }

  private void stop(Context ctx) {
    changes.answer(ctx, CommandRequest.ours(new StopBackup(Parameters.backupId(ctx))));
  }

  private static ClusterBackup find(Context ctx, ClusterState state) {
    long id = Parameters.backupId(ctx);
    return KeptRecords.found(state.backups().find(id), "backup", id);
  }

  /** A member that is cut off refuses, so that it does not show an old backup as the newest. */
  private ClusterState state() {
    FreshnessGate.check(node);
    return node.view().current().state();
  }
}
