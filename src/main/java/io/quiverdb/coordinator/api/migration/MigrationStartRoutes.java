// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.LeaderForwarder;
import io.quiverdb.coordinator.api.request.LongPolls;
import io.quiverdb.coordinator.api.request.ResultJson;
import io.quiverdb.coordinator.migration.preflight.MigrationRequest;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import java.time.Duration;
import java.util.List;

/** Starts migrations, {@code grow} and {@code drain}, or says what they would do. */
public final class MigrationStartRoutes implements Routes {
  private final ApiContext node;
  private final CommandHandler changes;
  private final LeaderForwarder leader;
  private final MigrationStarter start;

  /** Over this member. */
  public MigrationStartRoutes(
      ApiContext node,
      CommandHandler changes,
      LeaderForwarder leader,
      ResultJson bodies,
      LongPolls waiters) {
    this.node = node;
    this.changes = changes;
    this.leader = leader;
    this.start = new MigrationStarter(node, changes, bodies, waiters);
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post("/cluster/shards/grow", this::grow, "dry_run");
    routes.post("/cluster/shards/{id}/drain", this::drain, "dry_run");
  }

  private void grow(Context ctx) {
    Body body = Body.json(ctx);
    String url = body.text("primary_url");
    List<String> replicas = body.texts("replica_urls");
    begin(
        ctx,
        new MigrationPlan(MigrationKind.GROW, 0, url, replicas, false, List.of()),
        MigrationRequest.grow(url, replicas, node.migrations().throttlePointsPerSecond()));
  }

  private void drain(Context ctx) {
    long id = Parameters.shardId(ctx);
    begin(
        ctx,
        new MigrationPlan(MigrationKind.DRAIN, id, "", List.of(), false, List.of()),
        MigrationRequest.drain(id, node.migrations().throttlePointsPerSecond()));
  }

  private void begin(Context ctx, MigrationPlan bare, MigrationRequest asked) {
    boolean dryRun = Parameters.flag(ctx, "dry_run");
    MigrationStarter.Request request =
        new MigrationStarter.Request(
            ctx, changes.proposal(ctx, start.command(bare)), asked, System.nanoTime());
    Duration limit = node.migrations().answerWithin().plus(LeaderForwarder.ONE_ENTRY);
    ctx.future(
        () -> leader.answer(ctx, limit, () -> dryRun ? start.dryRun(request) : start.run(request)));
  }
}
