// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.KeptRecords;
import io.quiverdb.coordinator.api.http.Parameters;
import io.quiverdb.coordinator.api.http.Query;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.CommandRequest;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.codec.MigrationJson;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Migrations;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Migrations: the active one, earlier ones, and the orders of an operator. */
public final class MigrationRoutes implements Routes {
  private static final String ONE = "/cluster/migrations/{id}";

  private final ApiContext node;
  private final CommandHandler changes;
  private final WaitTimes waits;

  /** Over this member. */
  public MigrationRoutes(ApiContext node, CommandHandler changes) {
    this.node = node;
    this.changes = changes;
    this.waits = new WaitTimes(node.time(), node.view());
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/cluster/migrations", this::list, "limit");
    routes.get("/cluster/migrations/active", this::active);
    routes.get(ONE, this::one);
    routes.post(ONE + "/cancel", this::cancel, "keep_copies");
    routes.post(ONE + "/pause", ctx -> change(ctx, Command.PauseMigration::new));
    routes.post(ONE + "/resume", ctx -> change(ctx, Command.ResumeMigration::new));
    routes.post(ONE + "/retry", this::retry, "skip", "what");
    routes.put(ONE + "/throttle", this::throttle);
  }

  private void list(Context ctx) {
    long unsigned = Parameters.u64Or(ctx, "limit", Long.MAX_VALUE);
    long limit = unsigned < 0 ? Long.MAX_VALUE : unsigned;
    Migrations migrations = migrations();
    KeptRecords.list(
        ctx,
        "migrations",
        Stream.concat(migrations.active().stream(), migrations.finished().values().stream()),
        Migration::id,
        limit,
        MigrationJson::toJson);
  }

  private void active(Context ctx) {
    answer(
        ctx,
        migrations()
            .active()
            .orElseThrow(() -> new ApiException(Fault.NOT_FOUND, "no migration is active")));
  }

  private void one(Context ctx) {
    long id = Parameters.migrationId(ctx);
    answer(ctx, KeptRecords.found(migrations().find(id), "migration", id));
  }

  private static void answer(Context ctx, Migration migration) {
    Responses.json(ctx, Json.bytes(MigrationJson.toJson(migration)));
  }

  /** A member that is cut off refuses, so that it does not show an old state as the current one. */
  private Migrations migrations() {
    FreshnessGate.check(node);
    return node.view().current().state().migrations();
  }

  private void cancel(Context ctx) {
    boolean keepCopies = Parameters.flag(ctx, "keep_copies");
    change(ctx, id -> new Command.CancelMigration(id, keepCopies));
  }

  private void retry(Context ctx) {
    OptionalLong shard =
        Query.value(ctx, "skip")
            .map(skip -> OptionalLong.of(Parameters.u64("skip", skip)))
            .orElse(OptionalLong.empty());
    Optional<String> what = Query.value(ctx, "what");
    long id = Parameters.migrationId(ctx);
    changes.answer(
        ctx,
        CommandRequest.of(id, new Command.RetryMigration(id, shard, held(id))),
        () -> {
          mayBeRetried(id, what);
          shard.ifPresent(skipped -> mayBeSkipped(id, skipped));
        });
  }

  /** A retry of an unseen wait could approve something that the operator does not know of. */
  private void mayBeRetried(long id, Optional<String> what) {
    Optional<Migration> active = migrations().active().filter(migration -> migration.id() == id);
    if (active.isEmpty()) {
      return; // the rules say so
    }
    Optional<WaitingOn> waiting = active.get().waitingOn();
    if (waiting.isEmpty()) {
      throw new ApiException(
          Fault.CONFLICT,
          "migration " + Unsigned.text(id) + " waits for nothing now; read it again",
          Map.of("migration", JsonValues.u64(id)));
    }
    if (what.isPresent() && !what.get().equals(waiting.get().what())) {
      throw new ApiException(
          Fault.CONFLICT,
          "what: migration "
              + Unsigned.text(id)
              + " waits for something else now: "
              + waiting.get().what()
              + ": "
              + waiting.get().detail(),
          Map.of("migration", JsonValues.u64(id)));
    }
  }

  /** The wait that the operator means: when the entry is applied there may be another one. */
  private Optional<WaitingOn.Id> held(long id) {
    return node.view()
        .current()
        .state()
        .migrations()
        .active()
        .filter(migration -> migration.id() == id)
        .flatMap(Migration::waitingOn)
        .map(WaitingOn::id);
  }

  /**
   * Refuses to skip a shard that is only restarting, or that nothing waits for. Checked here and
   * not in the rules, which know no configuration and no clock.
   */
  private void mayBeSkipped(long id, long shard) {
    Optional<Migration> active = migrations().active().filter(migration -> migration.id() == id);
    Optional<WaitingOn> waiting = active.flatMap(Migration::waitingOn);
    if (waiting.isEmpty()) {
      return;
    }
    String who = "skip: shard " + Unsigned.text(shard);
    List<String> urls = active.map(migration -> urlsOf(migration, shard)).orElse(List.of());
    if (urls.isEmpty()) {
      return; // there is no such shard, and the rules say so
    }
    String what = waiting.get().what();
    Predicate<WaitingOn> forIt = wait -> wait.what().equals(what) && wait.names(urls);
    if (!forIt.test(waiting.get())) {
      throw new ApiException(
          Fault.CONFLICT,
          who
              + " ("
              + urls.get(0)
              + ") is not what the migration waits for: "
              + what
              + ": "
              + waiting.get().detail(),
          Map.of("migration", JsonValues.u64(id)));
    }
    Duration limit = node.migrations().unreachableLimit();
    Duration waited = waits.longest(forIt).orElse(Duration.ZERO);
    if (waited.compareTo(limit) < 0) {
      throw new ApiException(
          Fault.CONFLICT,
          who
              + " has been waited for only for "
              + waited.toSeconds()
              + " s, as far as this leader has seen; it may be skipped after "
              + limit.toSeconds()
              + " s (migration.unreachable_limit)",
          Map.of("migration", JsonValues.u64(id)));
    }
  }

  private List<String> urlsOf(Migration migration, long shard) {
    return migration.plan().shardId() == shard
        ? new Shard(shard, migration.plan().url(), migration.plan().replicaUrls()).urls()
        : node.view().current().state().map().shard(shard).map(Shard::urls).orElse(List.of());
  }

  private void throttle(Context ctx) {
    long pointsPerSecond = Body.json(ctx).count("points_per_second");
    change(ctx, id -> new Command.ThrottleMigration(id, pointsPerSecond));
  }

  private void change(Context ctx, LongFunction<Command> command) {
    long id = Parameters.migrationId(ctx);
    changes.answer(ctx, CommandRequest.of(id, command.apply(id)));
  }
}
