// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.auth.Caller;
import io.quiverdb.coordinator.auth.Role;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Genesis;
import java.util.Locale;

/** What is in force at this member, without secrets, and what the caller may do. */
final class SettingsRoutes implements Routes {
  private final ApiContext node;
  private final Access access;

  SettingsRoutes(ApiContext node, Access access) {
    this.node = node;
    this.access = access;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/settings", this::settings);
  }

  private void settings(Context ctx) {
    Caller caller = access.reader(ctx);
    ClusterState state = node.view().current().state();
    Responses.json(
        ctx,
        Json.bytes(
            body -> {
              body.put("node", node.id());
              body.put("version", node.version());
              body.put("format", state.format());
              write(caller, body.putObject("caller"));
              body.put("insecure", node.keys().open());
              body.set("keys", caller.role() == Role.ADMIN ? keys() : Json.value(null));
              body.put(
                  "certificate_expires",
                  node.host()
                      .certificateLeft()
                      .get()
                      .map(left -> JsonValues.time(node.clock().millis() + left.toMillis()))
                      .orElse(null));
              body.put("cluster_id", state.genesis().map(Genesis::clusterId).orElse(null));
              body.put(
                  "bootstrap_fingerprint", state.genesis().map(Genesis::fingerprint).orElse(null));
              body.set("configuration", node.configuration().apply(caller.role()));
            }));
  }

  private ArrayNode keys() {
    ArrayNode keys = Json.MAPPER.createArrayNode();
    node.keys().callers().forEach(key -> write(key, keys.addObject()));
    return keys;
  }

  private static void write(Caller caller, ObjectNode body) {
    body.put("key_id", caller.keyId());
    body.put("role", caller.role().name().toLowerCase(Locale.ROOT));
  }
}
