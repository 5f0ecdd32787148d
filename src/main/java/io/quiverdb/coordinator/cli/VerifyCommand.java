// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}. */
@Command(
    name = "verify",
    description = "Compares all shards with the map, and reports points on a wrong shard.",
    footer = {
      "",
      "It reads only, and slowly enough that clients hardly notice. A migration ends it.",
      "Exit code of a check that has ended: 0 every point is where it belongs, 1 some are not,",
      "4 it failed or was stopped.",
      "",
      "Examples:",
      "  quiver-coordinator verify --wait",
      "  quiver-coordinator verify show 3"
    })
final class VerifyCommand implements Callable<Integer> {
  static final String PATH = "/cluster/checks";

  private final Session session;

  @Option(names = "--wait", description = "Return when it has ended.")
  private boolean wait;

  @Option(
      names = "--points-per-second",
      paramLabel = "N",
      description =
          "How many points a second it may read; 0: no limit. By default the limit"
              + " of a new migration.")
  private @Nullable UnsignedNumber pointsPerSecond;

  @Mixin private ChangeOptions change = new ChangeOptions();

  VerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    ObjectNode body = Session.object().put("kind", "verify");
    UnsignedNumber.put(body, "points_per_second", pointsPerSecond);
    return print(session.change(change, "POST", PATH, body), wait);
  }

  @Command(name = "list", description = "Lists the last checks, newest first.")
  int list() throws Exception {
    session.print(session.get(PATH), this::rows);
    return ExitCode.OK;
  }

  @Command(name = "show", description = "Prints the report of a check.")
  int show(
      @Parameters(paramLabel = "ID", description = "The check.") UnsignedNumber id,
      @Option(names = "--wait", description = "Return when it has ended.") boolean untilEnd)
      throws Exception {
    return print(session.get(PATH + "/" + id), untilEnd);
  }

  @Command(
      name = "stop",
      description = "Stops a check, or its sweep; what it has found stays readable.")
  int stop(
      @Parameters(paramLabel = "ID", description = "The check.") UnsignedNumber id,
      @Option(
              names = "--force",
              description = "Do not wait for requests of a sweep that may still take effect.")
          boolean force,
      @Mixin ChangeOptions stopping,
      @Mixin Confirmation consent)
      throws Exception {
    if (force) {
      consent.require(
          session.around(),
          "Free the map although a delete of the sweep of check " + id + " may still come?");
    }
    RestAnswer answer =
        session.change(stopping, "DELETE", PATH + "/" + id + (force ? "?force=true" : ""));
    session.print(answer, check -> CheckView.lines(session, check));
    return ExitCode.OK;
  }

  private int print(RestAnswer answer, boolean untilEnd) throws Exception {
    RestAnswer shown =
        untilEnd
            ? new PatientReads(session)
                .follow(answer, PATH, CheckView::isRunning, check -> List.of(CheckView.line(check)))
            : answer;
    session.print(shown, check -> CheckView.lines(session, check));
    return switch (Session.cell(shown.json(), "state")) {
      case "running" -> ExitCode.OK;
      case "done" -> CheckView.strays(shown.json()) == 0 ? ExitCode.OK : ExitCode.FAILED;
      default -> ExitCode.UNFINISHED;
    };
  }

  private List<String> rows(JsonNode answer) {
    Table table = new Table("ID", "KIND", "STATE", "POINTS", "STRAYS", "STARTED", "FINISHED");
    for (JsonNode check : answer.path("checks")) {
      table.row(
          Session.cell(check, "id"),
          Session.cell(check, "kind"),
          Session.cell(check, "state"),
          Session.cell(check.path("result"), "points"),
          Long.toString(CheckView.strays(check)),
          Session.cell(check, "started_at"),
          Session.cell(check, "finished_at"));
    }
    return session.lines(table);
  }
}
