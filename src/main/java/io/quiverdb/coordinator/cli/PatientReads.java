// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestClient;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads for a command that waits. It asks the members in turn, and again for a while if none
 * answers.
 */
final class PatientReads {
  /** The pause between two reads. */
  static final Duration INTERVAL = Duration.ofMillis(250);

  /** Long enough for a majority to return, or for a member to restart. */
  private static final Duration MAX_SILENCE = Duration.ofMinutes(1);

  private final CliEnvironment around;
  private final RestClient client;
  private final Runnable interrupted;

  /** Asks the members once, in turn. */
  @FunctionalInterface
  interface Call<T> {
    T make() throws RestException, InterruptedException;
  }

  /**
   * @param interrupted runs after a message interrupted the display
   */
  PatientReads(Session session, Runnable interrupted) throws CommandFailure {
    this.around = session.around();
    this.client = session.client();
    this.interrupted = interrupted;
  }

  /** Reads of a command without a display. */
  PatientReads(Session session) throws CommandFailure {
    this(session, () -> {});
  }

  /**
   * Reads something that continues by itself until it has ended, and prints each change.
   *
   * @param first as a member has just answered; it may have ended
   * @param list its path without its id
   * @param goesOn whether it has not ended yet
   * @param lines what is printed of it
   */
  RestAnswer follow(
      RestAnswer first,
      String list,
      Predicate<JsonNode> goesOn,
      Function<JsonNode, List<String>> lines)
      throws RestException, InterruptedException {
    if (!goesOn.test(first.json())) {
      return first;
    }
    RestRequest request = RestRequest.get(list + "/" + Session.cell(first.json(), "id"));
    List<String> said = List.of();
    while (true) {
      RestAnswer answer = ask(request);
      if (!goesOn.test(answer.json())) {
        return answer;
      }
      List<String> now = lines.apply(answer.json());
      if (!now.equals(said)) {
        now.forEach(around.err()::println);
        said = now;
      }
      pause();
    }
  }

  RestAnswer ask(RestRequest request) throws RestException, InterruptedException {
    return patiently(
        () -> client.send(request),
        message -> {
          around.err().println(message);
          interrupted.run();
        });
  }

  /**
   * Asks again for a while if no member answers.
   *
   * @param messages is told once that none does
   */
  static <T> T patiently(Call<T> call, Consumer<String> messages)
      throws RestException, InterruptedException {
    long since = System.nanoTime();
    boolean said = false;
    while (true) {
      try {
        return call.make();
      } catch (RestException e) {
        if (!e.passing() || System.nanoTime() - since >= MAX_SILENCE.toNanos()) {
          throw e;
        }
        if (!said) {
          messages.accept("no member answers now; asking again");
          said = true;
        }
        pause();
      }
    }
  }

  static void pause() throws InterruptedException {
    Thread.sleep(INTERVAL.toMillis());
  }
}
