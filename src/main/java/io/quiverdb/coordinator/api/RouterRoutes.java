// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.ResultJson;
import io.quiverdb.coordinator.command.Command;

/** The registry of routers. */
final class RouterRoutes implements Routes {
  private final CommandHandler changes;
  private final ResultJson bodies;

  RouterRoutes(CommandHandler changes, ResultJson bodies) {
    this.changes = changes;
    this.bodies = bodies;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/routers", this::list);
    routes.post("/cluster/routers", this::register);
    routes.delete("/cluster/routers", this::remove, "url", "force");
  }

  private void list(Context ctx) {
    Responses.json(ctx, bodies.routers());
  }

  private void register(Context ctx) {
    String url = Body.json(ctx).text("url");
    changes.answer(ctx, CommandRequest.ours(new Command.RegisterRouter(url)));
  }

  private void remove(Context ctx) {
    String url = Parameters.required(ctx, "url");
    changes.answer(
        ctx, CommandRequest.ours(new Command.RemoveRouter(url, Parameters.flag(ctx, "force"))));
  }
}
