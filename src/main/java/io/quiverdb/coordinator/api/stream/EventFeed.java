// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.request.RaisedAlarm;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.model.ClusterState;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The stream of events. The id of an event from the log is its place in the log. Such events are
 * sent once and in order, whichever member a client asks. Alarms and leadership are local to this
 * member and not in the log. Their events repeat the id of the previous event, so they do not move
 * a client's position. Each stream starts with the current ones, so a client that comes from
 * another member misses nothing.
 */
final class EventFeed implements Feed {
  private final String node;
  private final Clock clock;
  private final BiFunction<ClusterState, EventId, List<LoggedEvents.Logged>> rendering;
  private final List<Seat> seats = new ArrayList<>();
  private ClusterState newest = ClusterState.INITIAL;
  private Optional<Leadership.View> leadership = Optional.empty();
  private List<RaisedAlarm> alarms = List.of();

  /** A client and its position. */
  private static final class Seat {
    private final StreamClient client;
    private EventId place;
    private boolean told;

    Seat(StreamClient client, EventId place) {
      this.client = client;
      this.place = place;
    }
  }

  /**
   * Without clients.
   *
   * @param node the id of this member
   */
  EventFeed(String node, Clock clock) {
    this(node, clock, LoggedEvents::after);
  }

  /**
   * Without clients.
   *
   * @param rendering the events of a state behind a position
   */
  EventFeed(
      String node,
      Clock clock,
      BiFunction<ClusterState, EventId, List<LoggedEvents.Logged>> rendering) {
    this.node = node;
    this.clock = clock;
    this.rendering = rendering;
  }

  /**
   * Adds a client.
   *
   * @param place behind which it wants events; it may be beyond what this member has applied
   */
  void join(StreamClient client, EventId place, AppliedState applied) {
    newest = applied.state();
    Seat seat = new Seat(client, place);
    seats.add(seat);
    long complete = LoggedEvents.completeBehind(newest, place);
    if (place.next() <= complete) {
      jump(
          seat,
          complete,
          "older events are not kept. Read the status, the map and the history again");
    }
    client.whenRoom(() -> catchUp(seat, new HashMap<>()));
    catchUp(seat, new HashMap<>());
  }

  /**
   * Ends a client that waits for entries that do not exist: a linearizable read has shown the end
   * of the log.
   */
  void endsAt(StreamClient client, long index) {
    for (Seat seat : seats) {
      if (seat.client == client && seat.place.index() > index) {
        jump(
            seat,
            index,
            "the log ends before that: it is not the log that the client has seen."
                + " Read the status, the map and the history again");
      }
    }
  }

  @Override
  public void applied(AppliedState applied) {
    newest = applied.state();
    // Most clients are at the same position.
    Map<EventId, List<LoggedEvents.Logged>> news = new HashMap<>();
    seats.forEach(seat -> catchUp(seat, news));
  }

  /** Sends as much as fits; the rest stays in the state for a while and is sent later. */
  private void catchUp(Seat seat, Map<EventId, List<LoggedEvents.Logged>> news) {
    if (seat.place.next() <= LoggedEvents.completeBehind(newest, seat.place)) {
      endAtOnce(seat, Ending.SLOW);
      return;
    }
    if (seat.client.full()) {
      return; // up to 1,000 events would be rendered for nothing
    }
    for (LoggedEvents.Logged event :
        news.computeIfAbsent(seat.place, place -> rendering.apply(newest, place))) {
      if (!seat.client.send(event.frame())) {
        return;
      }
      seat.place = event.id();
    }
  }

  /** Moves the client to another position in the log, and tells it. */
  private void jump(Seat seat, long index, String why) {
    EventId from = seat.place;
    long to = Math.max(0, index); // nothing may be applied yet
    seat.place = EventId.behind(to);
    observed(
        seat,
        "gap",
        data -> data.put("since", from.text()).put("continues_after", to).put("detail", why));
  }

  /** The leadership as this member sees it. */
  void leads(Leadership.View view) {
    boolean news =
        leadership
            .filter(
                before ->
                    before.leaderId().equals(view.leaderId())
                        && (before.term() == view.term() || view.leaderId().isEmpty()))
            .isEmpty();
    leadership = Optional.of(view);
    if (news) {
      tell("leader", data -> leader(data, view));
    }
  }

  /** The current alarms of this member. */
  void alarms(List<RaisedAlarm> raised) {
    List<RaisedAlarm> before = alarms;
    alarms = List.copyOf(raised);
    raised.stream()
        .filter(alarm -> before.stream().noneMatch(alarm::isSame))
        .forEach(alarm -> tell("alarm_raised", alarm::write));
    before.stream()
        .filter(alarm -> raised.stream().noneMatch(alarm::isSame))
        .forEach(alarm -> tell("alarm_ended", alarm::write));
    for (Seat seat : seats) {
      if (!seat.told) {
        seat.told = true;
        observed(seat, "standing", data -> standing(data, raised));
      }
    }
  }

  /**
   * Forgets the alarms after the last client: they will be out of date when the next client
   * connects.
   */
  void forget() {
    leadership = Optional.empty();
    alarms = List.of();
  }

  private void standing(ObjectNode data, List<RaisedAlarm> raised) {
    leadership.ifPresent(view -> leader(data, view));
    ArrayNode list = data.putArray("alarms");
    raised.forEach(alarm -> alarm.write(list.addObject()));
  }

  private static void leader(ObjectNode data, Leadership.View view) {
    data.put("term", view.term()).put("leader", view.leaderId().orElse(null));
  }

  /** Sends to the clients that already have the previous alarms. */
  private void tell(String kind, Consumer<ObjectNode> content) {
    for (Seat seat : seats) {
      if (seat.told) {
        observed(seat, kind, content);
      }
    }
  }

  private void observed(Seat seat, String kind, Consumer<ObjectNode> content) {
    if (!seat.client.send(frame(seat.place, kind, content))) {
      endAtOnce(seat, Ending.SLOW);
    }
  }

  private void endAtOnce(Seat seat, Ending ending) {
    EventId taken = EventId.parse(seat.client.taken()).orElse(seat.place);
    seat.client.endAtOnce(frame(taken, "end", ending::describe));
  }

  private Frame frame(EventId place, String kind, Consumer<ObjectNode> content) {
    ObjectNode data = LoggedEvents.head(place.index(), clock.millis(), kind).put("node", node);
    content.accept(data);
    return Frame.of(place.text(), kind, Json.bytes(data));
  }

  @Override
  public void tick() {
    for (Seat seat : seats) {
      seat.client.due().ifPresent(ending -> endAtOnce(seat, ending));
      seat.client.tick();
    }
    seats.removeIf(seat -> seat.client.closed());
  }

  @Override
  public void end() {
    seats.forEach(seat -> endAtOnce(seat, Ending.STOPPING));
  }

  @Override
  public int clients() {
    seats.removeIf(seat -> seat.client.closed());
    return seats.size();
  }
}
