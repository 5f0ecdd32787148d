// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.growth;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.EntityTags;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FormatGate;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.api.request.RequestForwarder;
import io.quiverdb.coordinator.codec.GrowthJson;
import io.quiverdb.coordinator.command.GrowthCommand.PutGrowthPolicy;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.model.Growth;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.Standby;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The growth policy: puts it, and shows it with the advice of the leader. */
public final class AutoscaleRoutes implements Routes {
  private static final String PATH = "/cluster/autoscale";

  /** As in Quiver's own coordinator. */
  private static final long COOLDOWN_SECONDS = 300;

  private static final long INTERVAL_SECONDS = 30;

  /** More would not fit into the milliseconds of the command. */
  private static final long MAX_SECONDS = GrowthPolicy.MAX_COOLDOWN_MILLIS / 1_000;

  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final ApiContext node;
  private final CommandHandler changes;
  private final RequestForwarder others;
  private final GrowthWatch watch;
  private final GrowthLooks looks;

  /** Over this member. */
  public AutoscaleRoutes(
      ApiContext node,
      CommandHandler changes,
      RequestForwarder others,
      GrowthWatch watch,
      GrowthLooks looks) {
    this.node = node;
    this.changes = changes;
    this.others = others;
    this.watch = watch;
    this.looks = looks;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get(PATH, this::show);
    routes.put(PATH, this::put);
  }

  private void put(Context ctx) {
    Body body = Body.json(ctx);
    GrowthPolicy policy =
        new GrowthPolicy(
            mode(body.text("mode")),
            body.count("high_water_points"),
            pool(body),
            seconds(body, "cooldown_seconds", COOLDOWN_SECONDS),
            (int) Math.min(Integer.MAX_VALUE, body.optionalCount("max_shards").orElse(0)),
            seconds(body, "interval_seconds", INTERVAL_SECONDS));
    changes.answer(
        ctx,
        CommandRequest.ours(
            new PutGrowthPolicy(
                policy,
                EntityTags.expected(
                    EntityTags.ifMatch(ctx), growth().version(), "the growth policy"))),
        () -> FormatGate.check(node, Growth.SINCE_FORMAT, "growth policies"));
  }

  private static GrowthMode mode(String text) {
    return Arrays.stream(GrowthMode.values())
        .filter(mode -> mode.wireName().equals(text))
        .findFirst()
        .orElseThrow(
            () -> new ApiException(Fault.BAD_REQUEST, "mode: wanted off, advice or automatic"));
  }

  private static List<Standby> pool(Body body) {
    List<Standby> pool = new ArrayList<>();
    for (Body standby : body.objects("standby", GrowthPolicy.MAX_STANDBY)) {
      pool.add(Standby.of(standby.text("primary_url"), standby.texts("replica_urls")));
    }
    return pool;
  }

  private static long seconds(Body body, String name, long absent) {
    long seconds = body.optionalCount(name).orElse(absent);
    if (seconds > MAX_SECONDS) {
      throw new ApiException(Fault.BAD_REQUEST, name + ": wanted at most " + MAX_SECONDS);
    }
    return seconds * 1_000;
  }

  private Growth growth() {
    return node.view().current().state().growth();
  }

  /** Only the leader looks: a follower asks it, and shows the policy alone if it cannot. */
  private void show(Context ctx) {
    FreshnessGate.check(node);
    Leadership.View view = node.leadership().current();
    Optional<URI> leader = view.leaderId().filter(id -> !id.equals(node.id())).flatMap(node::http);
    if (view.leads()) {
      ctx.future(() -> watch.now().thenAccept(advice -> answer(ctx, Optional.of(advice))));
    } else if (leader.isPresent() && !RequestForwarder.isForwarded(ctx)) {
      ctx.future(() -> pass(ctx, leader.get()));
    } else {
      answer(ctx, Optional.empty());
    }
  }

  private CompletableFuture<Void> pass(Context ctx, URI leader) {
    return others
        .pass(ctx, leader, LIMIT)
        .thenAccept(
            result -> {
              if (result instanceof Forwarding.Result.Answered answer && answer.status() == 200) {
                RequestForwarder.relay(ctx, answer, "ETag");
              } else {
                answer(ctx, Optional.empty());
              }
            });
  }

  private void answer(Context ctx, Optional<GrowthAdvice> advice) {
    Growth growth = growth();
    ctx.header("ETag", EntityTags.of(growth.version()));
    Responses.json(
        ctx,
        Json.bytes(
            body -> {
              body.setAll(GrowthJson.toJson(growth));
              body.set("advice", Json.value(null));
              advice.ifPresent(
                  seen ->
                      new AdviceJson(node, growth, looks.attempt())
                          .write(body.putObject("advice"), seen));
            }));
  }
}
