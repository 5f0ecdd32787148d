// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.DevShards;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.RouterServer;
import io.quiverdb.coordinator.dev.quiver.RouterSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard gets too full: a standby is added, once, although the leader dies meanwhile. */
@Tag("chaos")
@Tag("realtime")
class AutoscaleIT {
  private static final String PATH = "/cluster/autoscale";
  private static final String EXTRA =
      """
      auth: { insecure: true }
      autoscale: { mode: automatic }
      shards: { request_timeout: 1s }
      migration: { request_drain: 300ms, data_timeout: 1s, map_staleness: 1s }
      """;

  @TempDir Path folder;

  @Test
  void aStandbyIsAddedOnceAlthoughTheLeaderDies() throws Exception {
    try (DevShards shards = DevShards.start(List.of(0, 0, 0));
        Ensemble ensemble = Ensemble.started(Ensemble.prepared(folder, EXTRA))) {
      MemberProcess first = ensemble.awaitLeader();
      URI asked = ensemble.others(first).get(0).http();
      ensemble.rest.awaitFormat2(asked);
      String full = shards.urls().get(0);
      assertTrue(ensemble.add(asked, full));
      ensemble.rest.delete(asked, "/cluster/shards/0");
      ensemble.rest.delete(asked, "/cluster/shards/1");
      try (RouterServer router =
          RouterServer.start(0, RouterSettings.of(List.of(full), asked.toString()))) {
        ensemble.rest.post(asked, "/cluster/routers", "{\"url\":\"" + router.url() + "\"}");
        DevPoints.load(router.url(), 300);
        Rest.Answer put = ensemble.rest.put(asked, PATH, policy(shards.urls()));
        assertTrue(put.ok(), put::toString);
        await("the migration is under way: " + ensemble.rest.get(asked, PATH))
            .atMost(Ensemble.PATIENCE)
            .until(() -> ensemble.rest.get(asked, "/cluster/migrations/active").ok());
        first.kill();
        await("the migration is done")
            .atMost(Ensemble.PATIENCE)
            .until(() -> newest(ensemble, asked).path("state").asText(), "done"::equals);
        assertEquals("autoscale", newest(ensemble, asked).path("origin").asText());
        assertEquals(shards.urls().get(1), newest(ensemble, asked).path("target_url").asText());

        // Both shards have more than the mark still; that member is back, so that no alarm is on.
        first.start();
        ensemble.awaitReady(first);
        JsonNode advice =
            await("only the cooldown is in the way")
                .atMost(Ensemble.PATIENCE)
                .until(
                    () -> ensemble.rest.get(asked, PATH).json(),
                    seen ->
                        seen.at("/advice/obstacles")
                            .findValuesAsText("kind")
                            .equals(List.of("cooldown", "looks")));
        assertEquals("wait", advice.at("/advice/verdict").asText());
        assertEquals(
            List.of(shards.urls().get(2)),
            advice.at("/policy/standby").findValuesAsText("primary_url"));
        assertEquals(1, newest(ensemble, asked).path("id").asInt());
      }
    }
  }

  private static String policy(List<String> urls) {
    return """
        {"mode":"automatic","high_water_points":100,"interval_seconds":1,"cooldown_seconds":3600,
         "standby":[{"primary_url":"%s"},{"primary_url":"%s"}]}"""
        .formatted(urls.get(1), urls.get(2));
  }

  private static JsonNode newest(Ensemble ensemble, URI member) {
    return ensemble.rest.get(member, "/cluster/migrations?limit=1").json().at("/migrations/0");
  }
}
