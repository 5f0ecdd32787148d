// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardProbe;
import io.quiverdb.coordinator.thread.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process at the old address of a shard raises an alarm as long as it answers. */
class LeftAddressesTest {
  private static final String ELSEWHERE = "http://127.0.0.1:1";

  private final BoundedHttp http = new BoundedHttp("test", Duration.ofSeconds(1), 100);
  private final ManualScheduler turns = new ManualScheduler();
  private volatile ShardMap map = ShardMap.EMPTY;
  private final LeftAddresses watch =
      new LeftAddresses(
          new ShardProbe(http, Optional.empty(), Duration.ofSeconds(1)), () -> map, turns);

  @AfterEach
  void close() {
    watch.close();
    turns.shutdownNow();
    http.close();
  }

  private void at(String... urls) {
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < urls.length; i++) {
      shards.add(new Shard(i, urls[i], List.of()));
    }
    map = new ShardMap(map.version() + 1, shards, List.of(), List.of());
    turns.turn();
  }

  private void awaitAlarms(int many) {
    await()
        .until(
            () -> {
              turns.turn();
              return watch.alarms().size();
            },
            size -> size == many);
  }

  @Test
  void untilTheProcessEnds() throws Exception {
    ShardServer old = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of());
    at("http://127.0.0.1:2", old.url());
    assertEquals(List.of(), watch.alarms());
    at("http://127.0.0.1:2", ELSEWHERE);
    awaitAlarms(1);
    Alarm alarm = watch.alarms().get(0);
    assertEquals("left_address_answers", alarm.code());
    assertTrue(alarm.detail().startsWith("shard 1 has left " + old.url()), alarm.detail());
    old.close();
    awaitAlarms(0);
  }

  @Test
  void notWhereAShardIsAgainOrOfAShardThatIsGone() throws Exception {
    try (ShardServer old = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of())) {
      at("http://127.0.0.1:2", old.url());
      at("http://127.0.0.1:2", ELSEWHERE);
      awaitAlarms(1);
      at(old.url().toUpperCase(Locale.ROOT).replace("HTTP", "http") + "/", ELSEWHERE);
      assertEquals(List.of(), watch.alarms(), "however it is written");
      at("http://127.0.0.1:2", ELSEWHERE);
      awaitAlarms(1);
      map = ShardMap.EMPTY;
      turns.turn();
      assertEquals(List.of(), watch.alarms());
    }
  }
}
