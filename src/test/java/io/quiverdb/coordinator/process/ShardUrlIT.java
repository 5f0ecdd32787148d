// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RouterServer;
import io.quiverdb.coordinator.dev.quiver.RouterSettings;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import io.quiverdb.coordinator.process.ChangingMembers.Typed;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shard dies together with the leader and comes back at another port: the next leader knows its
 * collections and counts.
 */
@Tag("realtime")
class ShardUrlIT {
  private static final int POINTS = 200;
  private static final String PUT = "/cluster/shards/3/url";

  @TempDir Path folder;

  private final ShardCore data = ShardCore.of(QuiverVersion.V1_1_0);

  @Test
  void aShardIsFoundAtItsNewAddressAfterItDiedWithTheLeader() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder);
        ChangingMembers shell = new ChangingMembers(folder, ensemble);
        ShardServer other = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of());
        ShardServer again = ShardServer.start(0, data, List.of())) {
      ShardServer old = ShardServer.start(0, data, List.of());
      MemberProcess first = ensemble.awaitLeader();
      MemberProcess last = ensemble.others(first).get(1);
      URI asked = ensemble.others(last).get(0).http();
      ensemble.rest.awaitFormat2(asked);
      assertTrue(ensemble.add(asked, other.url()) && ensemble.add(asked, old.url()));
      ensemble.rest.delete(asked, "/cluster/shards/0");
      ensemble.rest.delete(asked, "/cluster/shards/1");
      List<String> seeds = List.of(other.url(), old.url());
      try (RouterServer router =
          RouterServer.start(0, RouterSettings.of(seeds, asked.toString()))) {
        ensemble.rest.post(asked, "/cluster/routers", "{\"url\":\"" + router.url() + "\"}");
        awaitMap(ensemble, router, old.url());
        DevPoints.load(router.url(), POINTS);
        for (MemberProcess member : List.of(first, ensemble.others(first).get(0), last)) {
          lead(ensemble, member);
          awaitSeen(ensemble, member, again.url());
        }
        Typed refused = shell.type("shards", "set-url", "3", again.url());
        assertEquals(1, refused.code(), refused.text());
        assertTrue(refused.text().contains("old_url_refuses: " + old.url()), refused.text());

        last.kill();
        old.close();
        ensemble.awaitLeader();
        Typed done = shell.type("shards", "set-url", "3", again.url());
        assertEquals(0, done.code(), done.text() + shell.lastWords());
        assertTrue(
            ensemble
                .rest
                .get(asked, "/cluster/history")
                .body()
                .contains("set_shard_url 3 " + again.url() + "\""));
        awaitMap(ensemble, router, again.url());
        assertAllThere(ensemble, router);
      }
    }
  }

  private static void lead(Ensemble ensemble, MemberProcess member) {
    await(member.id() + " leads")
        .atMost(Ensemble.PATIENCE)
        .until(
            () -> {
              ensemble.rest.post(
                  member.http(), "/cluster/leader/transfer", "{\"to\":\"" + member.id() + "\"}");
              return ensemble.awaitLeader().id();
            },
            member.id()::equals);
  }

  /** The leader has seen what the shard holds; nothing but the old process is in the way. */
  private static void awaitSeen(Ensemble ensemble, MemberProcess leader, String url) {
    await(leader.id() + " has seen the shard")
        .atMost(Ensemble.PATIENCE)
        .until(
            () ->
                failed(
                    ensemble.rest.put(
                        leader.http(), PUT + "?dry_run=true", "{\"primary_url\":\"" + url + "\"}")),
            List.of("old_url_refuses")::equals);
  }

  private static List<String> failed(Rest.Answer dryRun) {
    return dryRun.ok()
        ? dryRun.json().path("checks").findParents("name").stream()
            .filter(check -> check.path("ok").isBoolean() && !check.path("ok").booleanValue())
            .map(check -> check.path("name").asText())
            .toList()
        : List.of(dryRun.toString());
  }

  private static void awaitMap(Ensemble ensemble, RouterServer router, String url) {
    await("the router knows " + url)
        .atMost(Ensemble.PATIENCE)
        .until(
            () -> ensemble.rest.get(URI.create(router.url()), "/cluster/map").json().path("shards"),
            shards -> shards.size() == 2 && shards.findValuesAsText("primary_url").contains(url));
  }

  private static void assertAllThere(Ensemble ensemble, RouterServer router) {
    String path = "/v1/collections/" + DevPoints.COLLECTION + "/points";
    Rest.Answer written =
        ensemble.rest.post(
            URI.create(router.url()),
            path,
            IntStream.range(POINTS, 2 * POINTS)
                .mapToObj(i -> DevPoints.point(DevPoints.id(i), i))
                .collect(Collectors.joining(",", "{\"points\":[", "]}")));
    assertTrue(written.ok(), written::toString);
    for (int i = 0; i < 2 * POINTS; i++) {
      Rest.Answer point = ensemble.rest.get(URI.create(router.url()), path + "/" + DevPoints.id(i));
      assertEquals(200, point.status(), point::toString);
    }
  }
}
