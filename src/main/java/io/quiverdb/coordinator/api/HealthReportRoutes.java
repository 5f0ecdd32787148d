// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.health.HealthReport;
import io.quiverdb.coordinator.api.health.Observed;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.RaisedAlarm;
import io.quiverdb.coordinator.consensus.MemberListReport;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.router.RouterSighting;
import java.util.Optional;
import java.util.Set;

/** The health of the cluster, its reasons, and what to do. Answers without a leader too. */
final class HealthReportRoutes implements Routes {
  private final ApiContext node;
  private final AlarmLook alarms;
  private final MemberTable members;

  HealthReportRoutes(ApiContext node, AlarmLook alarms, MemberTable members) {
    this.node = node;
    this.alarms = alarms;
    this.members = members;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/health/report", this::report);
  }

  private void report(Context ctx) {
    ctx.future(
        () ->
            alarms
                .look()
                .thenApply(seen -> HealthReport.of(observed(seen)))
                .thenAccept(report -> Responses.json(ctx, Json.bytes(report::write))));
  }

  private Observed observed(AlarmLook.Seen seen) {
    ClusterState state = node.view().current().state();
    Optional<Set<String>> voters = node.membership().voters();
    return new Observed(
        node.id(),
        node.leadership().current().leaderId(),
        members.spare(seen.members()),
        seen.members().stream().map(row -> member(row, voters)).toList(),
        state,
        state.routers().stream().map(url -> router(url, state)).toList(),
        node.host().certificateLeft().get(),
        node.host().diskFree().get(),
        seen.alarms().stream().map(RaisedAlarm::alarm).toList());
  }

  private static Observed.Member member(MemberTable.Row row, Optional<Set<String>> voters) {
    Optional<MemberListReport> list = row.report().map(MemberReport::list);
    return new Observed.Member(
        row.member().id(),
        voters.map(ids -> ids.contains(row.member().id())),
        row.report().isPresent(),
        list.map(MemberListReport::version).filter(version -> !version.isEmpty()),
        list.map(MemberListReport::format));
  }

  private Observed.Router router(String url, ClusterState state) {
    RouterSighting sighting = node.routerWatch().sighting(url);
    return new Observed.Router(url, sighting.confirms(state.map()), sighting.lastError());
  }
}
