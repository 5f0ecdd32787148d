// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.LeaderForwarder;
import io.quiverdb.coordinator.api.request.LongPolls;
import io.quiverdb.coordinator.api.request.RequestForwarder;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.MemberList;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Changes of the list of members. A change is answered when it is logged; the leader carries it out
 * afterwards. A caller can wait only for an addition, at the member that it has asked, because
 * leadership may move meanwhile.
 */
final class MemberChangeRoutes implements Routes {
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  /** The time for one log entry, and for asking the members, before it or for the answer. */
  private static final Duration LIMIT = LeaderForwarder.ONE_ENTRY.plusSeconds(1);

  private final ApiContext node;
  private final CommandHandler changes;
  private final MemberTable table;
  private final MembersDocument document;
  private final LongPolls waiters;

  MemberChangeRoutes(
      ApiContext node,
      CommandHandler changes,
      MemberTable table,
      MembersDocument document,
      LongPolls waiters) {
    this.node = node;
    this.changes = changes;
    this.table = table;
    this.document = document;
    this.waiters = waiters;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.post("/cluster/members", this::add, "wait");
    routes.delete("/cluster/members", this::remove, "id", "force");
    routes.put("/cluster/members/{id}", this::setAddress);
    routes.post("/cluster/members/{id}/replace", this::replace, "wait");
  }

  private void add(Context ctx) {
    Body body = Body.json(ctx);
    EnsembleMember member = member(body.text("id"), body);
    begin(ctx, member, new Command.AddMember(member.id(), member.raft(), member.http()));
  }

  private void replace(Context ctx) {
    Body body = Body.json(ctx);
    EnsembleMember member = member(body.text("id"), body);
    begin(
        ctx,
        member,
        new Command.ReplaceMember(ctx.pathParam("id"), member.id(), member.raft(), member.http()));
  }

  private void setAddress(Context ctx) {
    EnsembleMember member = member(ctx.pathParam("id"), Body.json(ctx));
    Command command = new Command.SetMemberAddress(member.id(), member.raft(), member.http());
    ctx.future(() -> change(ctx, command, () -> movable(member), () -> answer(ctx, 200)));
  }

  private void remove(Context ctx) {
    String id = Parameters.required(ctx, "id");
    boolean force = Parameters.flag(ctx, "force");
    ctx.future(
        () ->
            change(
                ctx,
                new Command.RemoveMember(id, force),
                () -> removable(id, force),
                () -> answer(ctx, 200)));
  }

  private EnsembleMember member(String id, Body body) {
    try {
      return node.memberSyntax().read(id, body.text("raft"), body.text("http"));
    } catch (IllegalArgumentException e) {
      throw new ApiException(Fault.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private void begin(Context ctx, EnsembleMember member, Command command) {
    Duration wait = Parameters.durationOr(ctx, "wait", Duration.ZERO);
    if (wait.compareTo(MAX_WAIT) > 0) {
      throw new ApiException(Fault.BAD_REQUEST, "wait: at most 60s");
    }
    ctx.future(
        () ->
            change(ctx, command, this::checked, () -> answerOf(ctx, member.id()))
                .thenCompose(logged -> await(ctx, member.id(), wait)));
  }

  private CompletableFuture<Void> change(
      Context ctx,
      Command command,
      Supplier<CompletableFuture<Void>> check,
      Supplier<CompletableFuture<Void>> answer) {
    return changes.start(
        ctx, CommandRequest.ours(command), LIMIT, check, (result, replayed) -> answer.get());
  }

  /** Refuses early, with advice: the log would refuse the command without it. */
  private CompletableFuture<Void> checked() {
    if (!list().isRecorded()) {
      throw new ApiException(
          Fault.UNAVAILABLE,
          "the log has no list of members yet: it is at format "
              + node.view().current().state().format()
              + " and needs 2. The format is raised seconds after every member runs a"
              + " release that reads it; GET /cluster/members shows which one does not");
    }
    return CompletableFuture.completedFuture(null);
  }

  /**
   * The others use the new address at once. A member that still runs at the old one would have no
   * leader, and stand for election. A leader connects to the others itself, so its address may
   * change first.
   */
  private CompletableFuture<Void> movable(EnsembleMember wanted) {
    CompletableFuture<Void> recorded = checked();
    Optional<EnsembleMember> now = list().find(wanted.id());
    boolean elsewhere = now.filter(it -> !it.raft().equals(wanted.raft())).isPresent();
    return elsewhere && !wanted.id().equals(node.id())
        ? node.peers()
            .report(Member.of(now.orElseThrow()))
            .handle(
                (answer, silence) -> {
                  if (answer != null) {
                    throw RemovalCheck.failed("running", stillThere(now.orElseThrow()));
                  }
                  return null;
                })
        : recorded;
  }

  private static String stillThere(EnsembleMember member) {
    return "member "
        + member.id()
        + " still answers at "
        + member.http()
        + ". Stop it first: the others could no longer reach it there, and it would"
        + " cost the ensemble its leader. Then repeat this, and start it at its new"
        + " addresses";
  }

  private CompletableFuture<Void> removable(String id, boolean force) {
    CompletableFuture<Void> recorded = checked();
    if (!RemovalCheck.concerns(list(), id)) {
      return recorded;
    }
    return table
        .rows()
        .thenAccept(
            rows -> {
              Set<String> voters =
                  node.membership()
                      .voters()
                      .orElseThrow(
                          () ->
                              new ApiException(
                                  Fault.UNAVAILABLE,
                                  "this member does not know the voting members"));
              Set<String> healthy =
                  rows.stream()
                      .filter(MemberTable.Row::healthy)
                      .map(row -> row.member().id())
                      .collect(Collectors.toSet());
              RemovalCheck.require(list(), id, voters, healthy, force);
            });
  }

  /** Waits for an addition, unless another member forwarded the request: then that member waits. */
  private CompletableFuture<Void> await(Context ctx, String id, Duration wait) {
    if (wait.isZero() || ctx.statusCode() != 202 || RequestForwarder.isForwarded(ctx)) {
      return CompletableFuture.completedFuture(null);
    }
    return waiters
        .await(applied -> !isUnderWay(applied.state().members(), id), wait)
        .thenCompose(
            over -> {
              if (list().find(id).isEmpty()) {
                throw new ApiException(
                    Fault.CONFLICT, "member " + id + " was removed before it had a vote");
              }
              return answerOf(ctx, id);
            });
  }

  private CompletableFuture<Void> answerOf(Context ctx, String id) {
    return answer(ctx, isUnderWay(list(), id) ? 202 : 200);
  }

  private CompletableFuture<Void> answer(Context ctx, int status) {
    return document.bytes().thenAccept(body -> Responses.bytes(ctx, status, Responses.JSON, body));
  }

  private static boolean isUnderWay(MemberList list, String id) {
    return list.change().filter(change -> change.id().equals(id)).isPresent();
  }

  private MemberList list() {
    return node.view().current().state().members();
  }
}
