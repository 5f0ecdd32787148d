package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Answers;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.EntityTags;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Query;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.Node;
import io.quiverdb.coordinator.api.request.RenderedMaps;
import io.quiverdb.coordinator.api.request.Servable;
import io.quiverdb.coordinator.api.request.StateWaiters;
import io.quiverdb.coordinator.consensus.AppliedState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** {@code GET /cluster/map} with parameters; without any, {@link MapHandler} answered already. */
final class MapRoutes implements Routes {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

  private final Node node;
  private final RenderedMaps maps;
  private final StateWaiters waiters;
  private final HeldPolls polls;

  MapRoutes(Node node, RenderedMaps maps, StateWaiters waiters, HeldPolls polls) {
    this.node = node;
    this.maps = maps;
    this.waiters = waiters;
    this.polls = polls;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.seedGet(MapHandler.PATH, this::map, "wait", "min_version", "consistency");
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
        Servable.check(node);
        AppliedState applied = node.view().current();
        if (reached(applied, wanted)) {
          write(ctx, applied);
        } else {
          ctx.future(() -> awaited(ctx, wanted, wait, () -> Servable.check(node)));
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
    Servable.check(node);
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
    Duration limit = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
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

  private RenderedMaps.Rendered current() {
    return maps.of(node.view().current().state().map());
  }

  private void write(Context ctx, AppliedState applied) {
    RenderedMaps.Rendered map = maps.of(applied.state().map());
    ctx.header("ETag", map.etag());
    ctx.header(Headers.APPLIED_INDEX, Long.toString(applied.index()));
    if (EntityTags.noneMatch(ctx.header("If-None-Match"), map.etag())) {
      ctx.status(304);
    } else {
      Answers.json(ctx, map.bytes());
    }
  }
}
