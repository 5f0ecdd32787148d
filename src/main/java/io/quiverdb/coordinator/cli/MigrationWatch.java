// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/**
 * Follows a migration to its end, across changes of leader. It asks the members in turn, and again
 * for a while if none answers.
 */
final class MigrationWatch {
  /** Migrations that began lately are few. */
  private static final RestRequest LATEST = RestRequest.get("/cluster/migrations?limit=5");

  private static final int LOOKS = 12;

  private static final Set<String> STANDING_STILL = Set.of("holding", "paused");

  private final Session session;
  private final PatientReads reads;
  private final Optional<Duration> holdLimit;
  private final MigrationScreen screen;
  private final EventWait next;

  /**
   * @param holdLimit how long it may hold; empty: without limit
   */
  MigrationWatch(Session session, Optional<Duration> holdLimit) throws CommandFailure {
    this.session = session;
    this.holdLimit = holdLimit;
    this.screen = new MigrationScreen(session.around(), session.json());
    this.reads = new PatientReads(session, screen::interrupted);
    this.next = new EventWait(session);
  }

  /**
   * The id of the newest migration that matches. The asked member may lag, and know only an earlier
   * migration that has ended. That one counts only if no later one appears, as after a start that
   * was repeated with its idempotency key.
   */
  String newest(Predicate<JsonNode> wanted)
      throws RestException, CommandFailure, InterruptedException {
    Optional<JsonNode> found = Optional.empty();
    for (int i = 0; i < LOOKS; i++) {
      found =
          StreamSupport.stream(reads.ask(LATEST).json().path("migrations").spliterator(), false)
              .filter(wanted)
              .findFirst();
      if (found.isPresent() && exitCode(Session.cell(found.get(), "state")).isEmpty()) {
        break;
      }
      PatientReads.pause();
    }
    return found
        .map(migration -> Session.cell(migration, "id"))
        .orElseThrow(
            () ->
                new CommandFailure(
                    "Not found: the migration was started, but it is not among the latest ones",
                    "See quiver-coordinator migrations."));
  }

  /**
   * Returns when it has ended, has held for too long, or the output is closed.
   *
   * @return the exit code
   */
  int follow(String id) throws RestException, CommandFailure, InterruptedException {
    long stillSince = System.nanoTime();
    String stillAt = "";
    while (true) {
      RestAnswer answer = reads.ask(RestRequest.get("/cluster/migrations/" + id));
      JsonNode migration = answer.json();
      screen.show(migration);
      if (session.around().out().checkError()) {
        return ExitCode.FAILED;
      }
      Optional<Integer> ended = exitCode(Session.cell(migration, "state"));
      if (ended.isPresent()) {
        result(answer);
        return ended.get();
      }
      long now = System.nanoTime();
      String at = whereItStands(migration);
      stillSince = !at.isEmpty() && at.equals(stillAt) ? stillSince : now;
      stillAt = at;
      if (holdLimit.isPresent() && now - stillSince >= holdLimit.get().toNanos()) {
        result(answer);
        session
            .around()
            .err()
            .println("migration " + id + " is on hold; this command does not wait any longer");
        return ExitCode.UNFINISHED;
      }
      next.pause();
    }
  }

  private void result(RestAnswer answer) {
    if (session.json()) {
      session.print(answer, migration -> List.of());
    }
  }

  private static Optional<Integer> exitCode(String state) {
    return switch (state) {
      case "done" -> Optional.of(ExitCode.OK);
      case "reverted" -> Optional.of(ExitCode.REVERTED);
      case "failed" -> Optional.of(ExitCode.UNFINISHED);
      default -> Optional.empty();
    };
  }

  /** What it holds for; empty while it makes progress. */
  private static String whereItStands(JsonNode migration) {
    String state = Session.cell(migration, "state");
    JsonNode waiting = migration.path("waiting_on");
    boolean stands =
        STANDING_STILL.contains(state) || (state.equals("reverting") && waiting.isObject());
    return stands
        ? String.join("\n", state, Session.cell(migration, "phase"), Session.cell(waiting, "what"))
        : "";
  }
}
