// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.ResultJson;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.codec.MigrationJson;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;

/** The overview for operators. */
final class StatusRoutes implements Routes {
  private final ApiContext node;
  private final MemberTable members;
  private final MembersDocument list;
  private final AlarmLook alarms;
  private final ResultJson bodies;

  StatusRoutes(ApiContext node, AlarmLook alarms, MemberTable members, ResultJson bodies) {
    this.node = node;
    this.members = members;
    this.list = new MembersDocument(node, members);
    this.alarms = alarms;
    this.bodies = bodies;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/status", this::status);
  }

  private void status(Context ctx) {
    ctx.future(
        () ->
            alarms
                .look()
                .thenAccept(seen -> Responses.json(ctx, Json.bytes(body -> write(body, seen)))));
  }

  private void write(ObjectNode body, AlarmLook.Seen seen) {
    AppliedState applied = node.view().current();
    Leadership.View view = node.leadership().current();
    body.put("node", node.id());
    body.put("version", node.version());
    body.put("role", MemberTable.name(view.role()));
    body.put("ready", view.role() == Leadership.Role.LEADER ? view.ready() : node.fresh());
    body.put("leader", view.leaderId().orElse(null));
    body.put("term", view.term());
    body.put("commit_index", view.commitIndex());
    body.put("applied_index", applied.index());
    body.set("map_version", JsonValues.u64(applied.state().map().version()));
    members.write(seen.members(), body.putArray("members"));
    body.set("member_change", list.change(seen.members()));
    body.set("failure_tolerance", list.failureTolerance(seen.members()));
    ArrayNode table = body.putArray("shards");
    for (Shard shard : applied.state().map().shards()) {
      ShardHealthCache.Sighting sighting = seen.shards().of(shard);
      ObjectNode row = table.addObject();
      row.set("id", JsonValues.u64(shard.id()));
      row.put("state", state(applied.state().map(), shard.id()));
      row.put("healthy", sighting.healthy());
      row.put("points", sighting.points().isPresent() ? sighting.points().getAsLong() : null);
      row.put("last_error", sighting.trouble().orElse(null));
    }
    bodies.addRouters(body.putArray("routers"));
    body.set(
        "migration",
        applied
            .state()
            .migrations()
            .active()
            .<JsonNode>map(MigrationJson::toJson)
            .orElse(Json.value(null)));
    seen.write(body.putArray("alarms"));
  }

  private static String state(ShardMap map, long id) {
    if (map.isLeaving(id)) {
      return "leaving";
    }
    return map.isJoining(id) ? "joining" : "active";
  }
}
