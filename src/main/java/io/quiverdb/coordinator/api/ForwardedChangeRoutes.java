// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.UndecodableException;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.member.SubmissionsJson;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Accepts changes that another member gathered, on the leader. */
final class ForwardedChangeRoutes implements Routes {
  private final ApiContext node;
  private final Access access;
  private final CommandHandler changes;

  ForwardedChangeRoutes(ApiContext node, Access access, CommandHandler changes) {
    this.node = node;
    this.access = access;
    this.changes = changes;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post(CommandHandler.FORWARDED, this::submit);
  }

  private void submit(Context ctx) {
    String keyId = access.admin(ctx).keyId();
    // The leader sets the time and the key.
    List<CompletableFuture<Submission>> submitted =
        changes.submitAll(
            proposals(ctx).stream()
                .map(
                    proposal ->
                        new Proposal(
                            node.time().stamp(keyId),
                            proposal.idempotencyKey(),
                            proposal.expectedMapVersion(),
                            proposal.command()))
                .toList());
    ctx.future(
        () ->
            CompletableFuture.allOf(submitted.toArray(CompletableFuture[]::new))
                .thenRun(
                    () ->
                        Responses.json(
                            ctx,
                            SubmissionsJson.toBytes(
                                submitted.stream().map(CompletableFuture::join).toList()))));
  }

  private static List<Proposal> proposals(Context ctx) {
    List<Proposal> proposals;
    try {
      proposals = EntryCodec.current().decodeEntry(Body.bytes(ctx));
    } catch (UndecodableException e) {
      throw new ApiException(Fault.WRONG_SHAPE, e.getMessage() + "");
    }
    for (Proposal proposal : proposals) {
      if (!CommandHandler.isShared(proposal.command())) {
        throw new ApiException(
            Fault.WRONG_SHAPE, proposal.command().wireName() + " has a route of its own");
      }
    }
    return proposals;
  }
}
