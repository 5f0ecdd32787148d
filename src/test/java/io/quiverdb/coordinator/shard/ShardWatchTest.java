// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.thread.ManualScheduler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The collections of shards are known after they died, as long as they are in the map. */
class ShardWatchTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  private final BoundedHttp http = new BoundedHttp("test", Duration.ofSeconds(1), 100);
  private final ShardProbe probe = new ShardProbe(http, Optional.empty(), Duration.ofSeconds(1));
  private final ManualScheduler turns = new ManualScheduler();
  private final AtomicLong seconds = new AtomicLong();
  private volatile Supplier<ShardMap> map = () -> ShardMap.EMPTY;
  private final ShardWatch watch =
      new ShardWatch(probe, () -> map.get(), Clock.fixed(NOW, ZoneOffset.UTC), () -> 0, turns);

  @AfterEach
  void close() {
    watch.close();
    turns.shutdownNow();
    http.close();
  }

  private static ShardMap of(String... urls) {
    ShardMap map = ShardMap.EMPTY;
    for (int i = 0; i < urls.length; i++) {
      map = ((Changed) map.add(i, urls[i], List.of())).map();
    }
    return map;
  }

  private static void create(ShardServer shard, String name) throws Exception {
    HttpResponse<String> created =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(shard.url() + "/v1/collections"))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"name\":\"" + name + "\",\"dim\":2,\"metric\":\"l2\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(2, created.statusCode() / 100, created.body());
  }

  private List<String> seen(long id) {
    return watch
        .last(id)
        .map(last -> last.collections().stream().map(ShardCollection::name).toList())
        .orElse(List.of("nothing"));
  }

  @Test
  void theLastAnswerStaysWhenTheShardIsGoneAndAtAnotherAddress() throws Exception {
    ShardServer shard = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of());
    create(shard, "docs");
    ShardMap first = of("http://127.0.0.1:1", shard.url());
    map = () -> first;
    turns.turn();
    await().until(() -> watch.last(1).isPresent());
    assertEquals(List.of("docs"), seen(1));
    assertEquals(NOW, watch.last(1).orElseThrow().at());
    assertEquals(first.shards().get(1).primaryUrl(), watch.last(1).orElseThrow().url());
    assertEquals(List.of("nothing"), seen(0), "it has never answered");
    shard.close();
    turns.turn();
    map = () -> of("http://127.0.0.1:1", "http://127.0.0.1:2");
    turns.turn();
    assertEquals(List.of("docs"), seen(1));
    map = () -> of("http://127.0.0.1:1");
    turns.turn();
    assertEquals(List.of("nothing"), seen(1), "it left the map");
  }

  @Test
  void anAnswerOfAnAddressThatWasLeftMeanwhileIsNotKept() throws Exception {
    try (ShardServer old = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of());
        ShardServer other = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of())) {
      create(old, "old");
      create(other, "other");
      ShardMap before = of(old.url(), other.url());
      ShardMap after = of("http://127.0.0.1:1", other.url());
      AtomicInteger looks = new AtomicInteger();
      map = () -> looks.getAndIncrement() == 0 ? before : after;
      turns.turn();
      // Once for the questions, once for each answer.
      await().until(() -> looks.get() == 3 && watch.last(1).isPresent());
      assertEquals(List.of("nothing"), seen(0));
    }
  }

  @Test
  void aSlowListingIsNotMadeAgainAtOnceWhateverTheClockSays() throws Exception {
    Clock wrong = Clock.fixed(NOW.minus(Duration.ofHours(5)), ZoneOffset.UTC);
    try (ShardServer shard = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of());
        ShardWatch timed = new ShardWatch(probe, () -> map.get(), wrong, this::passing, turns)) {
      map = () -> of(shard.url());
      turns.turn();
      await().until(() -> timed.last(0).isPresent());
      assertRests();
      await().untilAsserted(() -> assertEquals(53, seconds.get()));
    }
  }

  /** One that takes too long, or is too large, costs the shard as much as one that is read. */
  @Test
  void aListingThatFailedIsNotMadeAgainAtOnceAtTheSameAddress() {
    try (BoundedHttp none = new BoundedHttp("none", Duration.ofSeconds(1), 0);
        ShardWatch timed =
            new ShardWatch(
                new ShardProbe(none, Optional.empty(), Duration.ofSeconds(1)),
                () -> map.get(),
                Clock.fixed(NOW, ZoneOffset.UTC),
                this::passing,
                turns)) {
      map = () -> of("http://127.0.0.1:1");
      turns.turn();
      assertRests();
      assertEquals(53, seconds.get());
      map = () -> of("http://127.0.0.1:2");
      turns.turn();
      assertEquals(55, seconds.get(), "another address was not asked");
    }
  }

  /** A second passes with each look at the stopwatch: at a turn, and at an answer. */
  private long passing() {
    return TimeUnit.SECONDS.toNanos(seconds.getAndIncrement());
  }

  /** After an answer that took a second. */
  private void assertRests() {
    assertEquals(2, seconds.get());
    turns.turn();
    assertEquals(3, seconds.get(), "asked again at once");
    seconds.set(50);
    turns.turn();
    assertEquals(51, seconds.get(), "asked again too early");
    turns.turn();
  }
}
