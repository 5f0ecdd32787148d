// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.member.HttpPeers;
import io.quiverdb.coordinator.member.Introduction;
import io.quiverdb.coordinator.member.MemberReportJson;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Liveness, readiness, metrics, and the reports for other members. All but metrics need no key. */
final class HealthRoutes implements Routes {
  private static final Logger LOG = LoggerFactory.getLogger(HealthRoutes.class);

  private final ApiContext node;
  private final AlarmLook alarms;

  HealthRoutes(ApiContext node, AlarmLook alarms) {
    this.node = node;
    this.alarms = alarms;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.quiverGet("/healthz", ctx -> Responses.text(ctx, 200, "ok"));
    routes.get("/livez", ctx -> Responses.text(ctx, 200, "ok"));
    routes.get("/readyz", this::ready, "writable");
    routes.get("/metrics", this::metrics);
    routes.get(HttpPeers.PATH, this::report);
  }

  private void ready(Context ctx) {
    FreshnessGate.check(node);
    if (!Parameters.flag(ctx, "writable")) {
      Responses.text(ctx, 200, "ok");
      return;
    }
    Leadership.View view = node.leadership().current();
    if (view.leaderId().isEmpty()) {
      throw new ApiException(
          Fault.UNAVAILABLE, "no member leads the ensemble: nothing can be changed");
    }
    // A linearizable read needs what a commit needs: a leader that a quorum follows.
    ctx.future(
        () ->
            node.reads()
                .linearizable()
                .handle(
                    (applied, failure) -> {
                      if (failure != null) {
                        throw new ApiException(
                            Fault.UNAVAILABLE,
                            "no quorum follows a leader: nothing can be changed");
                      }
                      Responses.text(ctx, 200, "ok");
                      return null;
                    }));
  }

  private void metrics(Context ctx) {
    ctx.future(
        () ->
            alarms
                .observed()
                .exceptionally(
                    failure -> {
                      LOG.warn("what is outside of this member has no figures now", failure);
                      return Observation.NONE;
                    })
                .thenAccept(
                    seen ->
                        ctx.contentType("text/plain; version=0.0.4; charset=utf-8")
                            .result(node.recorder().scrape(seen))));
  }

  private void report(Context ctx) {
    byte[] body = MemberReportJson.toBytes(node.report().get());
    node.safeguards()
        .members()
        .answer(Optional.ofNullable(ctx.header(Introduction.NONCE)), body)
        .ifPresent(proof -> ctx.header(Introduction.PROOF, proof));
    Responses.json(ctx, body);
  }
}
