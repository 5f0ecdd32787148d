// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.DevCluster;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plan of a grow and a drain between processes, under writers: its leader is killed while points
 * are copied, and the next one brings both migrations to their end.
 */
@Tag("chaos")
class PlanIT {
  private static final int POINTS = 1_000;
  private static final int WRITERS = 4;

  @TempDir Path folder;

  @Test
  void goesOnWhenItsLeaderIsKilled() throws Exception {
    DevCluster.Size size =
        new DevCluster.Size(
            3, 3, 1, 0, Optional.of(folder.resolve("cluster")), MigrationFaultIT.SHORT_WAITS);
    try (DevCluster cluster = DevCluster.start(size);
        ShardServer spare = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of());
        MemberCalls calls = new MemberCalls()) {
      DemoContext demo = new DemoContext(cluster.ensemble(), calls, System.out);
      for (MemberProcess member : demo.members()) {
        demo.await("member " + member.id() + " is ready", () -> demo.ready(member));
      }
      List<String> routers = cluster.routers().urls();
      DevPoints.load(routers.get(0), POINTS);
      PointWriters writers =
          new PointWriters(
              calls, routers.stream().map(URI::create).toList(), DevPoints.COLLECTION, WRITERS);
      MigrationClient migrations = new MigrationClient(demo);
      String leaving = cluster.shards().urls().get(0);
      try {
        writers.start();
        long plan = create(demo, migrations, spare.url());
        demo.await("points are copied", () -> migrations.copied(1) > 0);
        double unused = demo.kill(demo.leader());
        awaitDone(demo, migrations, plan);
        writers.stop();
      } finally {
        writers.abandon();
      }
      PointVerdict evidence =
          migrations.evidence(DevPoints.COLLECTION, writers, List.of(), POINTS, leaving);
      assertTrue(writers.acknowledged() > 0);
      Set<String> terms =
          Set.copyOf(migrations.migration(1).path("steps").findValuesAsText("term"));
      assertTrue(terms.size() > 1, "no leader died in the first migration");
      assertEquals(
          List.of(),
          evidence.checks().stream().filter(check -> !check.holds()).toList(),
          "what does not hold");
      assertEquals(
          cluster.shards().urls().stream()
              .map(url -> url.equals(leaving) ? spare.url() : url)
              .collect(Collectors.toSet()),
          migrations.map().shards().stream()
              .map(shard -> shard.primaryUrl())
              .collect(Collectors.toSet()));
    }
  }

  /** The first step copies so slowly that the leader dies in it. */
  private static long create(DemoContext demo, MigrationClient migrations, String url)
      throws Exception {
    String body =
        "{\"points_per_second\":300,\"steps\":[{\"grow\":{\"primary_url\":\"%s\"}},{\"drain\":{\"shard_id\":0}}]}"
            .formatted(url);
    MemberCalls.Answer[] made = new MemberCalls.Answer[1];
    demo.await(
        "the log is at format 2",
        () -> {
          made[0] = demo.calls().post(migrations.any(), "/cluster/plans", body, "plan");
          return made[0].ok();
        });
    return made[0].json().path("id").asLong();
  }

  private static void awaitDone(DemoContext demo, MigrationClient migrations, long plan)
      throws Exception {
    JsonNode[] seen = new JsonNode[1];
    demo.await(
        "the plan ends",
        MigrationClient.LIMIT,
        () -> {
          seen[0] = demo.calls().get(migrations.any(), "/cluster/plans/" + plan).json();
          return seen[0].path("finished_at").isTextual();
        });
    assertEquals("done", seen[0].path("state").asText(), () -> seen[0].toString());
    for (JsonNode step : seen[0].path("steps")) {
      assertEquals("done", step.path("state").asText(), () -> seen[0].toString());
    }
    assertEquals(
        List.of(1L, 2L),
        seen[0].path("steps").findValues("migration").stream().map(JsonNode::asLong).toList());
  }
}
