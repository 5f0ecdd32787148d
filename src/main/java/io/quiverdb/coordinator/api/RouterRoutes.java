package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Answers;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.Change;
import io.quiverdb.coordinator.api.request.Changes;
import io.quiverdb.coordinator.api.request.ResultBodies;
import io.quiverdb.coordinator.command.Command;

/** The registry of routers. */
final class RouterRoutes implements Routes {
  private final Changes changes;
  private final ResultBodies bodies;

  RouterRoutes(Changes changes, ResultBodies bodies) {
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
    Answers.json(ctx, bodies.routers());
  }

  private void register(Context ctx) {
    String url = Body.json(ctx).text("url");
    changes.answer(ctx, Change.ours(new Command.RegisterRouter(url)));
  }

  private void remove(Context ctx) {
    String url = Parameters.required(ctx, "url");
    changes.answer(ctx, Change.ours(new Command.RemoveRouter(url, Parameters.flag(ctx, "force"))));
  }
}
