// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Query;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.api.request.LongPolls;
import io.quiverdb.coordinator.api.request.MapResponseCache;
import io.quiverdb.coordinator.consensus.AppliedState;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code GET /cluster/map} with parameters: long polls and linearizable reads, which wait and so
 * need the framework. Without parameters, {@link MapHandler} has answered already.
 */
final class MapRoutes implements Routes {
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

  private final ApiContext node;
  private final MapResponseCache maps;
  private final LongPolls waiters;
  private final HeldPolls polls;

  MapRoutes(ApiContext node, MapResponseCache maps, LongPolls waiters, HeldPolls polls) {
    this.node = node;
    this.maps = maps;
    this.waiters = waiters;
    this.polls = polls;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.quiverGet(MapHandler.PATH, this::map, "wait", "min_version", "consistency");
  }

  private void map(Context ctx) {
    Duration wait = Parameters.durationOr(ctx, "wait", DEFAULT_WAIT);
    long wanted = Parameters.u64Or(ctx, "min_version", 0);
    String consistency = Query.value(ctx, "consistency").orElse("local");
    switch (consistency) {
      case "local" -> {
        CompletableFuture<Void> held = mayBeARouters(ctx) ? polls.hold() : HeldPolls.FREE;
        if (!held.isDone()) {
          ctx.future(() -> held.thenRun(() -> current(ctx)));
          return;
        }
        FreshnessGate.check(node);
        AppliedState applied = node.view().current();
        if (reached(applied, wanted)) {
          write(ctx, applied);
        } else {
          ctx.future(() -> awaited(ctx, wanted, wait, () -> FreshnessGate.check(node)));
        }
      }
      case "linearizable" -> ctx.future(() -> linearizable(ctx, wanted, wait));
      default ->
          throw new ApiException(Fault.BAD_REQUEST, "consistency: wanted local or linearizable");
    }
  }

  /** Routers ask for the map without any of these. */
  private static boolean mayBeARouters(Context ctx) {
    return ctx.header("If-None-Match") == null
        && Query.value(ctx, "min_version").isEmpty()
        && Query.value(ctx, "consistency").isEmpty();
  }

  private void current(Context ctx) {
    FreshnessGate.check(node);
    write(ctx, node.view().current());
  }

  private CompletableFuture<Void> linearizable(Context ctx, long wanted, Duration wait) {
    return node.reads()
        .linearizable()
        .handle(
            (applied, failure) -> {
              if (failure != null || !applied.state().bootstrapped()) {
                throw new ApiException(
                    Fault.UNAVAILABLE,
                    failure == null
                        ? "nothing has been bootstrapped yet"
                        : "no leader confirms that this member is up to date");
              }
              return applied;
            })
        .thenCompose(
            applied -> {
              if (!reached(applied, wanted)) {
                // What is applied later is no older than the read that was confirmed.
                return awaited(ctx, wanted, wait, () -> {});
              }
              write(ctx, applied);
              return CompletableFuture.completedFuture(null);
            });
  }

  /** Holds the request until the version is there: 304 if it does not come. */
  private CompletableFuture<Void> awaited(
      Context ctx, long wanted, Duration wait, Runnable checkServable) {
    Duration limit = Collections.min(List.of(wait, MAX_WAIT));
    return waiters
        .await(applied -> reached(applied, wanted), limit)
        .thenAccept(
            reached -> {
              checkServable.run();
              if (reached) {
                write(ctx, node.view().current());
              } else {
                ctx.status(304).header("ETag", current().etag());
              }
            });
  }

  private static boolean reached(AppliedState applied, long version) {
    return Long.compareUnsigned(applied.state().map().version(), version) >= 0;
  }

  private MapResponseCache.Rendered current() {
    return maps.of(node.view().current().state().map());
  }

  private void write(Context ctx, AppliedState applied) {
    MapResponseCache.Rendered map = maps.of(applied.state().map());
    ctx.header("ETag", map.etag());
    ctx.header(Headers.APPLIED_INDEX, Long.toString(applied.index()));
    if (map.isKnownTo(ctx.header("If-None-Match"))) {
      ctx.status(304);
    } else {
      Responses.json(ctx, map.bytes());
    }
  }
}
