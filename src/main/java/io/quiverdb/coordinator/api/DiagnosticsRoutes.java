// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;

/** The process of this member, to find a fault in it. */
final class DiagnosticsRoutes implements Routes {
  private final ApiContext node;
  private final Access access;

  DiagnosticsRoutes(ApiContext node, Access access) {
    this.node = node;
    this.access = access;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/diagnostics", this::diagnostics);
  }

  private void diagnostics(Context ctx) {
    access.admin(ctx);
    Responses.json(ctx, Json.bytes(node.host().diagnostics().get()));
  }
}
