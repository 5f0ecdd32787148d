// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Attempt;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FormatGate;
import io.quiverdb.coordinator.api.request.LeaderForwarder;
import io.quiverdb.coordinator.api.request.ResultJson;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.migration.preflight.ShardUrlRequest;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.state.Applied;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Gives a shard another address, where it has the same points: the rules are asked, shards and
 * routers are checked, then one entry is logged.
 */
public final class ShardUrlRoutes implements Routes {
  private static final int FORMAT = 2;

  private final ApiContext node;
  private final CommandHandler changes;
  private final LeaderForwarder leader;
  private final ResultJson bodies;
  private final CheckedChange checked;

  /** Over this member. */
  public ShardUrlRoutes(
      ApiContext node, CommandHandler changes, LeaderForwarder leader, ResultJson bodies) {
    this.node = node;
    this.changes = changes;
    this.leader = leader;
    this.bodies = bodies;
    this.checked = new CheckedChange(node, changes, "the address of the shard");
  }

  /** One request. */
  private record Asked(Context ctx, Proposal proposal, ShardUrlRequest url) {
    CommandRequest change() {
      return CommandRequest.ours(proposal.command());
    }
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.put("/cluster/shards/{id}/url", this::set, "dry_run", "force");
  }

  private void set(Context ctx) {
    long id = Parameters.shardId(ctx);
    boolean dryRun = Parameters.flag(ctx, "dry_run");
    boolean force = Parameters.flag(ctx, "force");
    Body body = Body.json(ctx);
    ShardUrlRequest url =
        new ShardUrlRequest(
            id, body.text("primary_url"), body.optionalTexts("replica_urls"), force);
    Proposal proposal =
        changes.proposal(
            ctx, new Command.SetShardUrl(id, url.primaryUrl(), url.replicaUrls(), force));
    Asked asked = new Asked(ctx, proposal, url);
    Duration limit = node.migrations().answerWithin().plus(LeaderForwarder.ONE_ENTRY);
    ctx.future(() -> leader.answer(ctx, limit, () -> answer(asked, dryRun)));
  }

  private CompletableFuture<Attempt> answer(Asked asked, boolean dryRun) {
    return FormatGate.refusal(node, FORMAT, "new addresses of shards")
        .<CompletableFuture<Attempt>>map(CompletableFuture::failedFuture)
        .orElseGet(() -> dryRun ? dryRun(asked) : run(asked));
  }

  private CompletableFuture<Attempt> dryRun(Asked asked) {
    return checked.dryRun(
        asked.ctx(), asked.change(), asked.proposal(), () -> checks(asked), PreflightJson::bytes);
  }

  private CompletableFuture<Attempt> run(Asked asked) {
    AppliedState seen = node.view().current();
    long term = node.leadership().current().term();
    CommandHandler.OnAccepted accepting =
        (result, replayed) -> {
          Responses.json(asked.ctx(), bodies.body(result, replayed));
          return CompletableFuture.completedFuture(null);
        };
    Applied preview = checked.preview(seen, asked.proposal());
    if (preview.replayed()) {
      return checked.repeated(asked.ctx(), asked.change(), preview, accepting);
    }
    if (preview.outcome() instanceof Rejected rejected
        && !CheckedChange.lasts(rejected.refusal())) {
      return changes.refuse(asked.change(), rejected, false);
    }
    CompletableFuture<Void> passed =
        preview.outcome() instanceof Rejected
            ? CompletableFuture.completedFuture(null)
            : checked.inTime(checks(asked)).thenAccept(ShardUrlRoutes::require);
    return passed.thenCompose(
        well ->
            checked.submit(asked.ctx(), asked.change(), asked.proposal(), seen, term, accepting));
  }

  private CompletableFuture<List<Check>> checks(Asked asked) {
    return node.migrations().checks().check(asked.url());
  }

  private static void require(List<Check> checks) {
    checks.stream()
        .filter(Check::failed)
        .findFirst()
        .ifPresent(
            failed -> {
              throw CheckedChange.refused(failed);
            });
  }
}
