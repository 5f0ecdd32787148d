// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Query;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.http.WithoutSecrets;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.model.HistoryEntry;

/** The history of changes. */
final class HistoryRoutes implements Routes {
  private final ApiContext node;

  HistoryRoutes(ApiContext node) {
    this.node = node;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/history", this::history, "since");
  }

  private void history(Context ctx) {
    long asked = Parameters.u64Or(ctx, "since", 0);
    boolean all = Query.value(ctx, "since").isEmpty();
    // No index exceeds the range of a signed long.
    long since = all ? -1 : asked < 0 ? Long.MAX_VALUE : asked;
    Responses.json(
        ctx,
        Json.bytes(
            body -> {
              ArrayNode history = body.putArray("history");
              for (HistoryEntry entry : node.view().current().state().history().since(since)) {
                ObjectNode shown = history.addObject();
                shown
                    .put("index", entry.index())
                    .put("term", entry.term())
                    .put("time", JsonValues.time(entry.epochMillis()));
                WithoutSecrets.write(entry, shown);
              }
            }));
  }
}
