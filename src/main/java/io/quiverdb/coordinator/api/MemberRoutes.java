// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.RequestForwarder;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.member.Forwarding;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The routes about members and leadership. */
final class MemberRoutes implements Routes {
  private static final Duration TRANSFER_LIMIT = Duration.ofSeconds(5);

  private final ApiContext node;
  private final MembersDocument members;
  private final RequestForwarder others;

  MemberRoutes(ApiContext node, MembersDocument members, RequestForwarder others) {
    this.node = node;
    this.members = members;
    this.others = others;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/members", this::list);
    routes.post("/cluster/leader/transfer", this::transfer);
  }

  private void list(Context ctx) {
    ctx.future(() -> members.bytes().thenAccept(body -> Responses.json(ctx, body)));
  }

  private void transfer(Context ctx) {
    Optional<String> to = Body.optionalJson(ctx).optionalText("to");
    if (to.isPresent() && node.http(to.get()).isEmpty()) {
      throw new ApiException(Fault.NOT_FOUND, "to: the ensemble has no member " + to.get());
    }
    Leadership.View view = node.leadership().current();
    if (view.leads()) {
      ctx.future(() -> handOver(ctx, to));
    } else {
      ctx.future(() -> pass(ctx, view));
    }
  }

  private CompletableFuture<Void> handOver(Context ctx, Optional<String> to) {
    return node.leadership()
        .transfer(to, TRANSFER_LIMIT)
        .handle(
            (leader, failure) -> {
              if (failure != null) {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                throw new ApiException(
                    Fault.UNAVAILABLE, "the leadership was not transferred: " + cause.getMessage());
              }
              Responses.json(ctx, Json.bytes(body -> body.put("leader", leader)));
              return null;
            });
  }

  private CompletableFuture<Void> pass(Context ctx, Leadership.View view) {
    Optional<URI> leader = view.leaderId().flatMap(node::http);
    if (leader.isEmpty() || RequestForwarder.isForwarded(ctx)) {
      throw new ApiException(Fault.UNAVAILABLE, "no member leads the ensemble at the moment");
    }
    node.recorder().forwarded();
    return others
        .pass(ctx, leader.get(), TRANSFER_LIMIT.plusSeconds(1))
        .thenAccept(
            result -> {
              if (!(result instanceof Forwarding.Result.Answered answer)) {
                throw new ApiException(
                    Fault.UNAVAILABLE, "the leader at " + leader.get() + " did not answer");
              }
              RequestForwarder.relay(ctx, answer);
            });
  }
}
