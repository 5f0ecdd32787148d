// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.KeptRecords;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Attempt;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FormatGate;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.api.request.LeaderForwarder;
import io.quiverdb.coordinator.codec.PlanJson;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.command.PlanCommand.CreatePlan;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterPlans;
import io.quiverdb.coordinator.model.PlanStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/** Plans of several migrations: makes one, says what it would do, shows them, and gives orders. */
public final class PlanRoutes implements Routes {
  private static final String ALL = "/cluster/plans";
  private static final String ONE = "/cluster/plans/{id}";
  private static final String PLANS = "plans";

  private final ApiContext node;
  private final CommandHandler changes;
  private final LeaderForwarder leader;
  private final CheckedChange checked;

  /** Over this member. */
  public PlanRoutes(ApiContext node, CommandHandler changes, LeaderForwarder leader) {
    this.node = node;
    this.changes = changes;
    this.leader = leader;
    this.checked = new CheckedChange(node, changes, "the plan");
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post(ALL, this::create, "dry_run");
    routes.get(ALL, this::list);
    routes.get(ONE, this::one);
    routes.delete(ONE, ctx -> order(ctx, PlanCommand.ForgetPlan::new));
    routes.post(ONE + "/cancel", ctx -> order(ctx, PlanCommand.CancelPlan::new));
    routes.post(ONE + "/pause", ctx -> order(ctx, PlanCommand.PausePlan::new));
    routes.post(ONE + "/resume", ctx -> order(ctx, PlanCommand.ResumePlan::new));
  }

  private void create(Context ctx) {
    Body body = Body.json(ctx);
    List<PlanStep> steps = new ArrayList<>();
    for (Body step : body.objects("steps", ClusterPlan.MAX_STEPS)) {
      steps.add(step(step, "steps[" + steps.size() + "]"));
    }
    long pointsPerSecond =
        body.optionalCount("points_per_second").orElse(node.migrations().throttlePointsPerSecond());
    CreatePlan create = new CreatePlan(steps, pointsPerSecond);
    if (Parameters.flag(ctx, "dry_run")) {
      Proposal proposal = changes.proposal(ctx, create);
      ctx.future(
          () ->
              leader.answer(
                  ctx, node.migrations().answerWithin(), () -> dryRun(ctx, create, proposal)));
    } else {
      changes.answer(
          ctx,
          CommandRequest.ours(create),
          () -> FormatGate.check(node, ClusterPlans.SINCE_FORMAT, PLANS));
    }
  }

  private static PlanStep step(Body step, String where) {
    Optional<Body> grow = step.optionalObject("grow");
    Optional<Body> drain = step.optionalObject("drain");
    if (grow.isPresent() == drain.isPresent()) {
      throw new ApiException(Fault.WRONG_SHAPE, where + ": wanted either grow or drain");
    }
    return grow.map(
            one ->
                PlanStep.grow(
                    one.text("primary_url").strip(),
                    one.texts("replica_urls").stream().map(String::strip).toList()))
        .orElseGet(() -> PlanStep.drain(drain.get().u64("shard_id")));
  }

  private CompletableFuture<Attempt> dryRun(Context ctx, CreatePlan create, Proposal proposal) {
    return FormatGate.refusal(node, ClusterPlans.SINCE_FORMAT, PLANS)
        .<CompletableFuture<Attempt>>map(CompletableFuture::failedFuture)
        .orElseGet(
            () ->
                checked.dryRun(
                    ctx,
                    CommandRequest.ours(create),
                    proposal,
                    () ->
                        node.migrations()
                            .checks()
                            .checkPlan(create.steps(), create.pointsPerSecond()),
                    reports -> PreflightJson.bytes(create.steps(), reports)));
  }

  private void list(Context ctx) {
    KeptRecords.list(
        ctx, "plans", plans().all().stream(), ClusterPlan::id, Long.MAX_VALUE, PlanJson::toJson);
  }

  private void one(Context ctx) {
    long id = Parameters.planId(ctx);
    ClusterPlan plan = KeptRecords.found(plans().find(id), "plan", id);
    Responses.json(ctx, Json.bytes(PlanJson.toJson(plan)));
  }

  private void order(Context ctx, LongFunction<Command> command) {
    changes.answer(ctx, CommandRequest.ours(command.apply(Parameters.planId(ctx))));
  }

  /** A member that is cut off refuses, so that it does not show an old state as the current one. */
  private ClusterPlans plans() {
    FreshnessGate.check(node);
    return node.view().current().state().plans();
  }
}
