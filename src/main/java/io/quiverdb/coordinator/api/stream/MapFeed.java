// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.request.MapResponseCache;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The stream of maps. It ends when this member cannot prove that its map is current; {@code GET
 * /cluster/map} is then refused too.
 */
final class MapFeed implements Feed {
  private final MapResponseCache maps;
  private final BooleanSupplier fresh;
  private final Clock clock;
  private final List<Seat> seats = new ArrayList<>();

  /** Shared by all clients, because it may have two megabytes. */
  private Frame newest = new Frame("", new byte[0]);

  private ShardMap map = ShardMap.EMPTY;

  /** A client and the version that it was sent last. */
  private static final class Seat {
    private final StreamClient client;
    private String version;

    Seat(StreamClient client, String version) {
      this.client = client;
      this.version = version;
    }
  }

  /**
   * Without clients.
   *
   * @param fresh whether the proven age of the map is within the bound
   */
  MapFeed(MapResponseCache maps, BooleanSupplier fresh, Clock clock) {
    this.maps = maps;
    this.fresh = fresh;
    this.clock = clock;
  }

  /**
   * Adds a client.
   *
   * @param version of the map that it has; empty: none
   */
  void join(StreamClient client, String version, AppliedState applied) {
    Seat seat = new Seat(client, version);
    seats.add(seat);
    client.whenRoom(() -> send(seat));
    map = applied.state().map();
    send(seat);
  }

  @Override
  public void applied(AppliedState applied) {
    map = applied.state().map();
    seats.forEach(this::send);
  }

  /** A client whose queue is full gets the newest map when there is room again. */
  private void send(Seat seat) {
    String version = Unsigned.text(map.version());
    if (version.equals(seat.version)) {
      return;
    }
    if (!newest.id().equals(version)) {
      newest = Frame.of(version, maps.of(map).bytes());
    }
    if (seat.client.send(newest)) {
      seat.version = version;
    }
  }

  private Frame end(Seat seat, Ending ending) {
    return Frame.of(
        seat.client.taken(),
        "end",
        Json.bytes(
            data ->
                ending.describe(
                    data.put("time", JsonValues.time(clock.millis())).put("kind", "end"))));
  }

  @Override
  public void tick() {
    if (!fresh.getAsBoolean()) {
      seats.forEach(seat -> seat.client.end(end(seat, Ending.STALE)));
    }
    for (Seat seat : seats) {
      seat.client.due().ifPresent(ending -> seat.client.endAtOnce(end(seat, ending)));
      seat.client.tick();
    }
    seats.removeIf(seat -> seat.client.closed());
  }

  @Override
  public void end() {
    seats.forEach(seat -> seat.client.end(end(seat, Ending.STOPPING)));
  }

  @Override
  public int clients() {
    seats.removeIf(seat -> seat.client.closed());
    return seats.size();
  }
}
