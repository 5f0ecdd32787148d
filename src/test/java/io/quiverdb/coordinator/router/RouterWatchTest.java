// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RouterServer;
import io.quiverdb.coordinator.dev.quiver.RouterSettings;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is known of routers between two polls. */
class RouterWatchTest {
  @Test
  void remembersSinceWhenARouterHasAnotherMapThanTheNewestOne() throws Exception {
    RouterSettings settings =
        new RouterSettings(
            QuiverVersion.V1_1_0,
            List.of("http://127.0.0.1:1"),
            Optional.empty(),
            Duration.ofMinutes(1),
            Optional.empty(),
            List.of());
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    try (BoundedHttp http = new BoundedHttp("routers", Duration.ofSeconds(2), 16);
        RouterServer router = RouterServer.start(0, settings)) {
      RouterClient client = new RouterClient(http, Optional.empty());
      ShardMap adopted = client.adoptedMap(router.url()).get();
      AtomicReference<ClusterState> newest =
          new AtomicReference<>(
              ClusterState.INITIAL
                  .withRouters(List.of(router.url()))
                  .withMap(adopted.withVersion(9)));
      try (RouterWatch watch = new RouterWatch(client, newest::get, Clock.systemUTC(), scheduler)) {
        await().until(() -> watch.sighting(router.url()).behindSince().isPresent());
        RouterSighting first = watch.sighting(router.url());
        Optional<Instant> looked = first.lastContact();
        await().until(() -> !watch.sighting(router.url()).lastContact().equals(looked));
        assertEquals(
            first.behindSince(), watch.sighting(router.url()).behindSince(), "since the first");
        newest.set(newest.get().withMap(adopted));
        await().until(() -> watch.sighting(router.url()).behindSince().isEmpty());
      }
    } finally {
      scheduler.shutdownNow();
    }
  }
}
