// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;

/** Finds the shard of a point. */
final class LocateRoutes implements Routes {
  private final ApiContext node;

  LocateRoutes(ApiContext node) {
    this.node = node;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/locate", this::locate, "point");
  }

  /** Computes the shard from the id alone; the point need not exist. */
  private void locate(Context ctx) {
    String point = Parameters.required(ctx, "point");
    FreshnessGate.check(node);
    ShardMap map = node.view().current().state().map();
    Responses.json(
        ctx,
        Json.bytes(
            body -> {
              body.set("owner", JsonValues.u64OrNull(RendezvousHash.owner(map, point)));
              body.set("donor", JsonValues.u64OrNull(RendezvousHash.donor(map, point)));
              body.set("map_version", JsonValues.u64(map.version()));
            }));
  }
}
