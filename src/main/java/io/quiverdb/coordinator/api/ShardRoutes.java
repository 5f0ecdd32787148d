// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.MethodNotAllowedResponse;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Changes of the map, and the health of its shards. */
final class ShardRoutes implements Routes {
  /** Route names at the place of an id. */
  private static final Set<String> NO_SHARDS = Set.of("grow", "joining");

  private final ApiContext node;
  private final CommandHandler changes;

  ShardRoutes(ApiContext node, CommandHandler changes) {
    this.node = node;
    this.changes = changes;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post("/cluster/shards", this::add);
    routes.post("/cluster/shards/joining", this::addJoining);
    routes.post("/cluster/shards/{id}/promote", ctx -> byId(ctx, Command.PromoteShard::new));
    NO_SHARDS.forEach(name -> routes.before("/cluster/shards/" + name, ShardRoutes::onlyPosted));
    routes.delete("/cluster/shards/{id}", ctx -> byId(ctx, Command.RemoveShard::new));
    routes.post("/cluster/shards/{id}/replicas", this::addReplica);
    routes.delete("/cluster/shards/{id}/replicas", this::removeReplica, "url");
    routes.post(
        "/cluster/ids", ctx -> changes.answer(ctx, CommandRequest.ours(new Command.AllocateId())));
    routes.quiverGet("/cluster/health", this::health);
  }

  private void add(Context ctx) {
    Body body = Body.json(ctx);
    changes.answer(
        ctx,
        CommandRequest.quiverRoute(
            new Command.AddShard(body.text("primary_url"), body.texts("replica_urls"))));
  }

  private void addJoining(Context ctx) {
    Body body = Body.json(ctx);
    changes.answer(
        ctx,
        CommandRequest.quiverRoute(
            new Command.AddJoiningShard(body.text("primary_url"), body.texts("replica_urls"))));
  }

  /** Answers 405 for a route name at the place of an id. */
  private static void onlyPosted(Context ctx) {
    if (!ctx.method().equals(HandlerType.POST)) {
      throw new MethodNotAllowedResponse("", Map.of("availableMethods", "POST"));
    }
  }

  private void byId(Context ctx, java.util.function.LongFunction<Command> command) {
    changes.answer(ctx, CommandRequest.quiverRoute(command.apply(Parameters.shardId(ctx))));
  }

  private void addReplica(Context ctx) {
    long id = Parameters.shardId(ctx);
    String url = Body.json(ctx).text("url");
    changes.answer(ctx, CommandRequest.ours(new Command.AddReplica(id, url)));
  }

  private void removeReplica(Context ctx) {
    long id = Parameters.shardId(ctx);
    String url = Parameters.required(ctx, "url");
    changes.answer(ctx, CommandRequest.ours(new Command.RemoveReplica(id, url)));
  }

  /** Asks every primary now, and sorts ids as text, as Quiver's coordinator does. */
  private void health(Context ctx) {
    FreshnessGate.check(node);
    Map<String, CompletableFuture<Boolean>> asked = new TreeMap<>();
    for (Shard shard : node.view().current().state().map().shards()) {
      asked.put(Unsigned.text(shard.id()), node.shards().healthy(shard.primaryUrl()));
    }
    ctx.future(
        () ->
            CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                .thenRun(
                    () ->
                        Responses.json(
                            ctx,
                            Json.bytes(
                                body ->
                                    asked.forEach(
                                        (id, healthy) -> body.put(id, healthy.join()))))));
  }
}
