// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.cli.rest.EventStream;
import io.quiverdb.coordinator.cli.rest.EventStream.Event;
import io.quiverdb.coordinator.cli.rest.RestClient;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Follows the events across members: when one of them ends its stream or dies, the next one
 * continues after the last event.
 */
final class EventTail {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String PATH = "/cluster/events";

  private final RestClient client;
  private final Consumer<String> messages;
  private Optional<String> last = Optional.empty();
  private boolean renewal;

  /**
   * @param messages takes messages about the connection, for the operator
   */
  EventTail(RestClient client, Consumer<String> messages) {
    this.client = client;
    this.messages = messages;
  }

  /**
   * Returns when {@code events} wants no more.
   *
   * @param since the log index after which events are wanted; empty: only new events
   * @param events is given each event, and says whether it wants more
   * @throws RestException if the request is refused, or no member answers for a minute
   */
  void follow(Optional<String> since, Predicate<Event> events)
      throws RestException, InterruptedException {
    while (true) {
      try (EventStream stream =
          PatientReads.patiently(() -> client.follow(request(since)), messages)) {
        if (!pass(stream, events)) {
          return;
        }
        if (renewal) {
          continue; // as agreed: nothing is lost, and nobody needs to know
        }
        messages.accept(stream.member() + " sends no more events; continuing at another member");
        client.passOver();
      } catch (IOException e) {
        client.passOver();
      }
      PatientReads.pause();
    }
  }

  /** Whether the stream has ended only to be opened again. */
  static boolean renews(Event event) {
    if (!event.kind().equals("end")) {
      return false;
    }
    try {
      return MAPPER.readTree(event.data()).path("reason").asText().equals("renew");
    } catch (JsonProcessingException e) {
      return false; // the stream has ended in any case
    }
  }

  private RestRequest request(Optional<String> since) {
    return last.map(
            id -> new RestRequest("GET", PATH, Map.of("Last-Event-ID", id), Optional.empty()))
        .orElseGet(() -> RestRequest.get(PATH + since.map(index -> "?since=" + index).orElse("")));
  }

  /** Whether more is wanted when the stream has ended. */
  private boolean pass(EventStream stream, Predicate<Event> events) throws InterruptedException {
    renewal = false;
    for (Optional<Event> next = stream.next(); next.isPresent(); next = stream.next()) {
      last = next.map(Event::id);
      renewal = renews(next.get());
      if (!events.test(next.get())) {
        return false;
      }
    }
    return true;
  }
}
