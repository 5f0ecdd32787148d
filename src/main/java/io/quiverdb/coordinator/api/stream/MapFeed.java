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
 * The stream of maps. It ends when this member cannot prove any longer that its map is current, as
 * {@code GET /cluster/map} refuses to answer then.
 */
final class MapFeed implements Feed {
  private final MapResponseCache maps;
  private final BooleanSupplier fresh;
  private final Clock clock;
  private final List<Seat> seats = new ArrayList<>();

  /** One for all clients: it may have two megabytes. */
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
   * @param fresh whether the map is proven to be young enough
   */
  MapFeed(MapResponseCache maps, BooleanSupplier fresh, Clock clock) {
    this.maps = maps;
    this.fresh = fresh;
    this.clock = clock;
  }

  /**
   * Takes a client in.
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

  /** A client without room is sent the map of that time when it has some. */
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

  private void end(Seat seat, String reason, String detail) {
    seat.client.end(
        Frame.of(
            seat.client.taken(),
            "end",
            Json.bytes(
                data ->
                    data.put("time", JsonValues.time(clock.millis()))
                        .put("kind", "end")
                        .put("reason", reason)
                        .put("detail", detail))));
  }

  @Override
  public void tick() {
    if (!fresh.getAsBoolean()) {
      seats.forEach(
          seat ->
              end(
                  seat,
                  "stale",
                  "this member cannot prove that its map is current: go on at another member"));
    }
    seats.forEach(seat -> seat.client.tick());
    seats.removeIf(seat -> seat.client.closed());
  }

  @Override
  public void end() {
    seats.forEach(seat -> end(seat, "stopping", "this member stops: go on at another member"));
  }

  @Override
  public int clients() {
    seats.removeIf(seat -> seat.client.closed());
    return seats.size();
  }
}
