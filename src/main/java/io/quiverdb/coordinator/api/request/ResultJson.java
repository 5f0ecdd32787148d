// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.codec.CheckJson;
import io.quiverdb.coordinator.codec.ClusterBackupJson;
import io.quiverdb.coordinator.codec.GrowthJson;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.codec.MigrationJson;
import io.quiverdb.coordinator.codec.PlanJson;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Result.BackupResult;
import io.quiverdb.coordinator.model.Result.CheckResult;
import io.quiverdb.coordinator.model.Result.GrowthResult;
import io.quiverdb.coordinator.model.Result.IdResult;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.model.Result.PlanResult;
import io.quiverdb.coordinator.model.Result.RoutersResult;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterSighting;
import java.util.Optional;
import java.util.function.Function;

/** The JSON of results of accepted changes. */
public final class ResultJson {
  private final ApiContext node;
  private final MapResponseCache maps;

  /** Renders with this member's newest map. */
  public ResultJson(ApiContext node, MapResponseCache maps) {
    this.node = node;
    this.maps = maps;
  }

  /** The body for a result; a repeated request that gave a map gets the current one. */
  public byte[] body(Result result, boolean replayed) {
    if (result instanceof MapResult map) {
      ShardMap current = state().map();
      return replayed || map.version() == current.version()
          ? maps.of(current).bytes()
          : node.view()
              .mapAt(map.version())
              .map(old -> MapResponseCache.Rendered.of(old).bytes())
              .orElseGet(() -> maps.of(current).bytes());
    }
    if (result instanceof IdResult id) {
      return Json.bytes(body -> body.set("id", JsonValues.u64(id.id())));
    }
    if (result instanceof MigrationResult migration) {
      return found(
          state().migrations().find(migration.id()), migration.id(), MigrationJson::toJson);
    }
    if (result instanceof CheckResult check) {
      return found(state().checks().find(check.id()), check.id(), CheckJson::toJson);
    }
    if (result instanceof PlanResult plan) {
      return found(state().plans().find(plan.id()), plan.id(), PlanJson::toJson);
    }
    if (result instanceof GrowthResult) {
      return Json.bytes(GrowthJson.toJson(state().growth()));
    }
    if (result instanceof BackupResult backup) {
      return found(state().backups().find(backup.id()), backup.id(), ClusterBackupJson::toJson);
    }
    return result instanceof RoutersResult ? routers() : Json.bytes(body -> {});
  }

  private ClusterState state() {
    return node.view().current().state();
  }

  /**
   * What a change made, as this member has it now, which is at least as new as the change; only its
   * id if it was forgotten.
   */
  private static <T> byte[] found(Optional<T> made, long id, Function<T, ObjectNode> json) {
    return made.map(it -> Json.bytes(json.apply(it)))
        .orElseGet(() -> Json.bytes(body -> body.set("id", JsonValues.u64(id))));
  }

  /** The registered routers, each with its last sighting. */
  public byte[] routers() {
    return Json.bytes(body -> addRouters(body.putArray("routers")));
  }

  /** Adds the registered routers to a larger answer. */
  public void addRouters(ArrayNode routers) {
    ClusterState state = state();
    for (String url : state.routers()) {
      RouterSighting sighting = node.routerWatch().sighting(url);
      ObjectNode router = routers.addObject();
      router.put("url", url);
      router.set(
          "map_version",
          sighting.map().map(map -> JsonValues.u64(map.version())).orElse(Json.value(null)));
      router.put("confirmed", sighting.confirms(state.map()));
      router.put(
          "last_contact",
          sighting.lastContact().map(at -> JsonValues.time(at.toEpochMilli())).orElse(null));
      router.put("last_error", sighting.lastError().orElse(null));
    }
  }
}
