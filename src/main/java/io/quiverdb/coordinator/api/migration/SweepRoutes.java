// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Attempt;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FormatGate;
import io.quiverdb.coordinator.api.request.LeaderForwarder;
import io.quiverdb.coordinator.codec.SweepJson;
import io.quiverdb.coordinator.command.CheckCommand.StartSweep;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.model.Checks;
import java.util.concurrent.CompletableFuture;

/** Removes the strays that a check has found, or says what would be removed. */
public final class SweepRoutes implements Routes {
  private final ApiContext node;
  private final CommandHandler changes;
  private final LeaderForwarder leader;
  private final CheckedChange rules;

  /** Over this member. */
  public SweepRoutes(ApiContext node, CommandHandler changes, LeaderForwarder leader) {
    this.node = node;
    this.changes = changes;
    this.leader = leader;
    this.rules = new CheckedChange(node, changes, "the sweep");
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post("/cluster/checks/{id}/sweep", this::sweep, "dry_run");
  }

  private void sweep(Context ctx) {
    Body body = Body.optionalJson(ctx);
    StartSweep start =
        new StartSweep(
            Parameters.checkId(ctx),
            body.optionalCount("spill_limit").orElse(node.migrations().spillThreshold()),
            body.optionalCount("points_per_second")
                .orElse(node.migrations().throttlePointsPerSecond()),
            node.migrations().adoptionAssumed());
    if (Parameters.flag(ctx, "dry_run")) {
      Proposal proposal = changes.proposal(ctx, start);
      ctx.future(
          () ->
              leader.answer(
                  ctx, node.migrations().answerWithin(), () -> dryRun(ctx, start, proposal)));
    } else {
      changes.answer(
          ctx,
          CommandRequest.ours(start),
          () -> FormatGate.check(node, Checks.SINCE_FORMAT, "checks"));
    }
  }

  private CompletableFuture<Attempt> dryRun(Context ctx, StartSweep start, Proposal proposal) {
    return rules.dryRun(
        ctx,
        CommandRequest.ours(start),
        proposal,
        () -> CompletableFuture.completedFuture(node.view().current().state().checks()),
        checks ->
            Json.bytes(SweepJson.dryRun(checks.find(start.checkId()).orElseThrow().report())));
  }
}
