// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the commands that start a migration. */
final class MigrationStartOptions {
  /** The leader answers within 30 s, and a follower forwards its answer. */
  private static final Duration START_TIMEOUT = Duration.ofSeconds(45);

  @Option(names = "--wait", description = "Show the progress of the migration until it has ended.")
  private boolean wait;

  @Option(
      names = "--dry-run",
      description = "Only make the checks, and say what would be moved and how long it would take.")
  private boolean dryRun;

  @Mixin private ChangeOptions change = new ChangeOptions();

  @Mixin private WatchOptions watch = new WatchOptions();

  boolean dryRun() {
    return dryRun;
  }

  /**
   * Starts a migration, or only checks whether it could be.
   *
   * @param started identifies the started migration
   */
  int start(Session session, String path, Optional<JsonNode> content, Predicate<JsonNode> started)
      throws RestException, CommandFailure, InterruptedException {
    Optional<String> body = content.map(Session::text);
    if (dryRun) {
      RestAnswer answer =
          session.change(change, "POST", path + "?dry_run=true", body, START_TIMEOUT);
      session.print(answer, found -> DryRunView.lines(session, found));
      return answer.json().path("accepted").asBoolean() ? ExitCode.OK : ExitCode.FAILED;
    }
    RestAnswer answer = session.change(change, "POST", path, body, START_TIMEOUT);
    if (!wait) {
      session.print(answer, map -> MapView.lines(session, map));
      return ExitCode.OK;
    }
    MigrationWatch following = new MigrationWatch(session, watch.holdLimit());
    return following.follow(following.newest(started));
  }
}
