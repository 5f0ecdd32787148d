// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
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
import io.quiverdb.coordinator.codec.CheckJson;
import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.command.CheckCommand.StopCheck;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.Checks;
import io.quiverdb.coordinator.model.DataCheck;

/** Checks of the data on the shards: begins one, shows them, stops one. */
final class CheckRoutes implements Routes {
  private static final String ALL = "/cluster/checks";
  private static final String ONE = "/cluster/checks/{id}";

  private final ApiContext node;
  private final CommandHandler changes;

  CheckRoutes(ApiContext node, CommandHandler changes) {
    this.node = node;
    this.changes = changes;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post(ALL, this::begin);
    routes.get(ALL, this::list);
    routes.get(ONE, this::one);
    routes.delete(ONE, this::stop, "force");
  }

  private void begin(Context ctx) {
    Body body = Body.json(ctx);
    CheckKind kind =
        CheckKind.ofWireName(body.text("kind"))
            .orElseThrow(() -> new ApiException(Fault.BAD_REQUEST, "kind: wanted verify"));
    long pointsPerSecond =
        body.optionalCount("points_per_second").orElse(node.migrations().throttlePointsPerSecond());
    changes.answer(
        ctx,
        CommandRequest.ours(new StartCheck(kind, pointsPerSecond)),
        () -> FormatGate.check(node, Checks.SINCE_FORMAT, "checks"));
  }

  private void list(Context ctx) {
    KeptRecords.list(
        ctx, "checks", checks().all().stream(), DataCheck::id, Long.MAX_VALUE, CheckJson::toJson);
  }

  private void one(Context ctx) {
    long id = Parameters.checkId(ctx);
    DataCheck check = KeptRecords.found(checks().find(id), "check", id);
    Responses.json(ctx, Json.bytes(CheckJson.toJson(check)));
  }

  private void stop(Context ctx) {
    changes.answer(
        ctx,
        CommandRequest.ours(new StopCheck(Parameters.checkId(ctx), Parameters.flag(ctx, "force"))));
  }

  /** A member that is cut off refuses, so that it does not show an old report as the newest. */
  private Checks checks() {
    FreshnessGate.check(node);
    return node.view().current().state().checks();
  }
}
