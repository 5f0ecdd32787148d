// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code migrations}. */
@Command(
    name = "migrations",
    description = "Lists migrations, shows one, or gives it an order.",
    footer = {
      "",
      "Exit code with --watch: 0 done, 3 reverted, 4 failed or on hold (--hold-limit).",
      "",
      "Examples:",
      "  quiver-coordinator migrations",
      "  quiver-coordinator migrations 3 --watch",
      "  quiver-coordinator migrations throttle 3 5000",
      "  quiver-coordinator migrations cancel 3 --yes"
    })
final class MigrationsCommand implements Callable<Integer> {
  private static final String PATH = "/cluster/migrations";

  private final Session session;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "The migration to show.")
  private @Nullable UnsignedNumber id;

  @Option(
      names = "--watch",
      description = "Show its progress until it has ended; without ID, the active one.")
  private boolean watch;

  @Option(names = "--limit", paramLabel = "N", description = "List only so many, the newest.")
  private @Nullable UnsignedNumber limit;

  @Mixin private WatchOptions options = new WatchOptions();

  MigrationsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (watch) {
      String which =
          id != null ? id.text() : Session.cell(session.get(PATH + "/active").json(), "id");
      return new MigrationWatch(session, options.holdLimit()).follow(which);
    }
    if (id != null) {
      return print(session.get(PATH + "/" + id));
    }
    session.print(session.get(PATH + (limit == null ? "" : "?limit=" + limit)), this::list);
    return ExitCode.OK;
  }

  @Command(
      name = "cancel",
      description =
          "Reverts a migration. Refused from the flip on: then only another migration"
              + " moves the points back.")
  int cancel(
      @Parameters(paramLabel = "ID", description = "The migration.") UnsignedNumber migration,
      @Option(names = "--keep-copies", description = "Keep the copies: they may be the only ones.")
          boolean keepCopies,
      @Mixin ChangeOptions change,
      @Mixin Confirmation consent)
      throws Exception {
    consent.require(session.around(), "Take migration " + migration + " back?");
    return order(change, migration, "cancel" + (keepCopies ? "?keep_copies=true" : ""));
  }

  @Command(
      name = "pause",
      description =
          "Pauses a migration after the requests in flight; before the flip, writes still"
              + " go to both"
              + " sides.")
  int pause(
      @Parameters(paramLabel = "ID", description = "The migration.") UnsignedNumber migration,
      @Mixin ChangeOptions change)
      throws Exception {
    return order(change, migration, "pause");
  }

  @Command(name = "resume", description = "Resumes a paused migration.")
  int resume(
      @Parameters(paramLabel = "ID", description = "The migration.") UnsignedNumber migration,
      @Mixin ChangeOptions change)
      throws Exception {
    return order(change, migration, "resume");
  }

  @Command(name = "retry", description = "Makes a migration that holds retry at once.")
  int retry(
      @Parameters(paramLabel = "ID", description = "The migration.") UnsignedNumber migration,
      @Option(
              names = "--skip",
              paramLabel = "SHARD",
              description =
                  "Do not wait any longer for this dead shard: it may keep copies, which an"
                      + " alarm then reports.")
          @Nullable UnsignedNumber skip,
      @Option(
              names = "--what",
              paramLabel = "WORD",
              description =
                  "Only if this is what it waits for, such as shard or spill_threshold: a retry"
                      + " also answers what an operator is asked.")
          @Nullable String what,
      @Mixin ChangeOptions change)
      throws Exception {
    List<String> query = new ArrayList<>();
    if (skip != null) {
      query.add("skip=" + skip);
    }
    if (what != null) {
      query.add("what=" + URLEncoder.encode(what, StandardCharsets.UTF_8).replace("+", "%20"));
    }
    return order(
        change, migration, "retry" + (query.isEmpty() ? "" : "?" + String.join("&", query)));
  }

  @Command(name = "throttle", description = "Limits how fast a migration copies, from now on.")
  int throttle(
      @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
          UnsignedNumber migration,
      @Parameters(
              index = "1",
              paramLabel = "POINTS_PER_SECOND",
              description = "0 removes the limit.")
          UnsignedNumber pointsPerSecond,
      @Mixin ChangeOptions change)
      throws Exception {
    ObjectNode body = Session.object();
    UnsignedNumber.put(body, "points_per_second", pointsPerSecond);
    return print(session.change(change, "PUT", PATH + "/" + migration + "/throttle", body));
  }

  private int order(ChangeOptions change, UnsignedNumber migration, String order) throws Exception {
    return print(session.change(change, "POST", PATH + "/" + migration + "/" + order));
  }

  private int print(RestAnswer answer) {
    session.print(answer, migration -> MigrationView.lines(migration, session.around().colours()));
    return ExitCode.OK;
  }

  private List<String> list(JsonNode answer) {
    Table table =
        new Table("ID", "KIND", "SHARD", "PHASE", "STATE", "POINTS", "STARTED", "FINISHED");
    for (JsonNode migration : answer.path("migrations")) {
      table.row(
          List.of(
              MapView.plain(Session.cell(migration, "id")),
              MapView.plain(Session.cell(migration, "kind")),
              MapView.plain(Session.cell(migration, "shard_id")),
              MapView.plain(Session.cell(migration, "phase")),
              MigrationView.state(migration),
              MapView.plain(Session.cell(migration.path("progress"), "points_done")),
              MapView.plain(Session.cell(migration, "started_at")),
              MapView.plain(Session.cell(migration, "finished_at"))));
    }
    return session.lines(table);
  }
}
