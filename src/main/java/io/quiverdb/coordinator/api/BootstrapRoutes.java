// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.RefusedException;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.UndecodableException;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import java.util.OptionalLong;

/** Accepts another member's bootstrap, on the leader. */
final class BootstrapRoutes implements Routes {
  private final ApiContext node;

  BootstrapRoutes(ApiContext node) {
    this.node = node;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post("/internal/bootstrap", this::offer);
  }

  private void offer(Context ctx) {
    Proposal proposal;
    try {
      proposal = EntryCodec.current().decode(Body.bytes(ctx));
    } catch (UndecodableException e) {
      throw new ApiException(Fault.WRONG_SHAPE, e.getMessage() + "");
    }
    if (!(proposal.command() instanceof Command.Bootstrap)) {
      throw new ApiException(Fault.WRONG_SHAPE, "wanted a bootstrap");
    }
    String offering = proposal.stamp().node();
    if (node.http(offering).isEmpty()) {
      throw new ApiException(Fault.WRONG_SHAPE, "the ensemble has no member " + offering);
    }
    // Stamped by the leader: another member's clock must not count for all.
    Proposal stamped = Proposal.of(node.time().stamp(offering, Stamp.SYSTEM), proposal.command());
    ctx.future(() -> node.log().submit(stamped).thenAccept(submission -> answer(ctx, submission)));
  }

  private static void answer(Context ctx, Submission submission) {
    if (!(submission instanceof Submission.Answered answered)) {
      throw new ApiException(Fault.UNAVAILABLE, "this member does not take it now: " + submission);
    }
    if (answered.outcome() instanceof Rejected rejected) {
      throw new RefusedException(rejected, false, answered.replayed(), OptionalLong.empty());
    }
    Responses.json(ctx, Json.bytes(body -> body.put("accepted", true)));
  }
}
