// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sweep}. */
@Command(
    name = "sweep",
    description = "Removes the points that a check has found on a wrong shard.",
    footer = {
      "",
      "Each point is compared once more right before it is removed. What its owner lacks, or has",
      "otherwise, is kept in a spill file first. The map cannot be changed meanwhile: verify stop",
      "ends it. Verify again afterwards.",
      "Exit code with --wait: 0 done, 4 it failed or was stopped.",
      "",
      "Examples:",
      "  quiver-coordinator sweep 3 --dry-run",
      "  quiver-coordinator sweep 3 --yes --wait"
    })
final class SweepCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "CHECK_ID", description = "The check that found them.")
  private UnsignedNumber id = new UnsignedNumber("0");

  @Option(names = "--dry-run", description = "Only say what would be removed, and what kept first.")
  private boolean dryRun;

  @Option(names = "--wait", description = "Return when it has ended.")
  private boolean wait;

  @Option(
      names = "--spill-limit",
      paramLabel = "N",
      description =
          "How many points it may remove although their owner lacks them. Else"
              + " migration.spill_threshold.")
  private @Nullable UnsignedNumber spillLimit;

  @Option(
      names = "--points-per-second",
      paramLabel = "N",
      description = "How fast it may remove; 0: no limit. Else as migrations begin.")
  private @Nullable UnsignedNumber pointsPerSecond;

  @Mixin private ChangeOptions change = new ChangeOptions();

  @Mixin private Confirmation consent = new Confirmation();

  SweepCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    ObjectNode body = Session.object();
    UnsignedNumber.put(body, "spill_limit", spillLimit);
    UnsignedNumber.put(body, "points_per_second", pointsPerSecond);
    String path = VerifyCommand.PATH + "/" + id + "/sweep";
    if (dryRun) {
      RestAnswer found = session.change(change, "POST", path + "?dry_run=true", body);
      session.print(found, would -> SweepView.dryRun(session, would));
      return ExitCode.OK;
    }
    consent.require(
        session.around(), "Remove the points that check " + id + " has found on a wrong shard?");
    RestAnswer begun = session.change(change, "POST", path, body);
    RestAnswer shown =
        wait
            ? new PatientReads(session)
                .follow(
                    begun,
                    VerifyCommand.PATH,
                    SweepView::isActive,
                    check -> List.of(SweepView.line(check)))
            : begun;
    session.print(shown, check -> SweepView.lines(session, check));
    return switch (Session.cell(shown.json().path("sweep"), "state")) {
      case "failed", "stopped" -> ExitCode.UNFINISHED;
      default -> ExitCode.OK;
    };
  }
}
