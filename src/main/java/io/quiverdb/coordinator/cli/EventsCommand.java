// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.EventStream.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code events}. */
@Command(
    name = "events",
    description =
        "Prints events as they happen, until it is interrupted: changes, phases"
            + " of migrations, alarms, another leader. When a member dies, another one"
            + " continues.",
    footer = {
      "",
      "Examples:",
      "  quiver-coordinator events",
      "  quiver-coordinator events --since 812 --kind migration,alarm_raised,alarm_ended",
      "  quiver-coordinator events --json | jq .kind"
    })
final class EventsCommand implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Events about the stream itself: only this command needs them. */
  private static final String END = "end";

  private static final String STANDING = "standing";

  private static final Set<String> KINDS =
      Set.of(
          "change",
          "migration",
          "members",
          "leader",
          "alarm_raised",
          "alarm_ended",
          "standing",
          "gap");

  private final Session session;

  @Option(
      names = "--since",
      paramLabel = "INDEX",
      description =
          "Begin with what the log has after this index, not with what comes from now on.")
  private @Nullable UnsignedNumber since;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      split = ",",
      description =
          "Only these: change, migration, members, leader, alarm_raised, alarm_ended, standing"
              + " (what holds as the stream begins), gap (older events are not kept). Repeat it or"
              + " separate them by commas.")
  private List<String> kinds = new ArrayList<>();

  private boolean renewed;
  private JsonNode standing = MissingNode.getInstance();

  EventsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    for (String kind : kinds) {
      if (!KINDS.contains(kind)) {
        throw CommandFailure.usage("--kind: \"" + kind + "\" is no kind of event");
      }
    }
    new EventTail(session.client(), session.around().err()::println)
        .follow(Optional.ofNullable(since).map(UnsignedNumber::text), this::print);
    // Only a closed output ends it.
    return ExitCode.FAILED;
  }

  private boolean print(Event event) {
    if (event.kind().equals(END)) {
      renewed = EventTail.renews(event);
      return true;
    }
    if (event.kind().equals(STANDING) && repeats(event)) {
      return true;
    }
    if (!kinds.isEmpty() && !kinds.contains(event.kind())) {
      return true;
    }
    if (session.json()) {
      session.around().out().println(event.data());
    } else {
      EventView.lines(parsed(event)).forEach(session.around().out()::println);
    }
    return !session.around().out().checkError();
  }

  /** Whether the stream was only renewed and the situation is the same as before. */
  private boolean repeats(Event event) {
    JsonNode before = standing;
    ObjectNode now = (ObjectNode) parsed(event);
    standing = now.without(List.of("index", "time"));
    boolean same = renewed && standing.equals(before);
    renewed = false;
    return same;
  }

  private static JsonNode parsed(Event event) {
    try {
      return MAPPER.readTree(event.data());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a member sent an event that is no JSON", e);
    }
  }
}
