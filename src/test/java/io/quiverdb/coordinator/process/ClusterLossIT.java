// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of one ensemble are lost, even more than it can survive. */
@Tag("realtime")
class ClusterLossIT {
  @TempDir static Path folder;

  private static Ensemble ensemble;

  @BeforeAll
  static void prepare() throws Exception {
    ensemble = Ensemble.prepared(folder, "");
  }

  @BeforeEach
  void startThoseThatDoNotRun() {
    ensemble.start();
  }

  @AfterAll
  static void end() {
    ensemble.close();
  }

  @Test
  void allThreeKilledAtOnceComeBackWithEverythingAcknowledged() throws Exception {
    MemberProcess leader = ensemble.awaitLeader();
    long first = allocated(leader.http());
    int acknowledged = new Load(32).allocate(leader.http(), 500);
    Rest.Answer added =
        ensemble.rest.post(
            ensemble.members().get(1).http(),
            "/cluster/shards",
            "{\"primary_url\":\"http://127.0.0.1:3\"}");
    assertEquals(200, added.status(), added.body());
    ensemble.members().forEach(MemberProcess::kill);
    ensemble.start();
    for (MemberProcess member : ensemble.members()) {
      assertEquals(added.json(), ensemble.map(member));
    }
    URI any = ensemble.members().get(0).http();
    long next = allocated(any);
    assertTrue(next > first + acknowledged, "id " + next + " after " + acknowledged);
  }

  private static long allocated(URI node) {
    return await()
        .atMost(Ensemble.PATIENCE)
        .until(() -> ensemble.rest.post(node, "/cluster/ids", ""), Rest.Answer::ok)
        .json()
        .get("id")
        .asLong();
  }

  @Test
  void withoutAQuorumNothingIsAcknowledgedAndItRecovers() throws Exception {
    MemberProcess survivor = ensemble.awaitLeader();
    List<MemberProcess> others = ensemble.others(survivor);
    others.forEach(MemberProcess::kill);
    refusesEverything(survivor);
    refusesEverything(survivor);
    others.get(0).start();
    ensemble.awaitReady(survivor);
    await()
        .atMost(Ensemble.PATIENCE)
        .until(() -> ensemble.rest.post(survivor.http(), "/cluster/ids", "").ok());
    others.get(1).start();
    ensemble.members().forEach(ensemble::awaitReady);
  }

  private static void refusesEverything(MemberProcess survivor) {
    long start = System.nanoTime();
    Rest.Answer write = ensemble.rest.post(survivor.http(), "/cluster/ids", "");
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(Set.of(503, 504).contains(write.status()), write.toString());
    assertTrue(took.compareTo(Duration.ofSeconds(6)) <= 0, "answered after " + took);
    Rest.Answer read = ensemble.rest.get(survivor.http(), "/cluster/map?consistency=linearizable");
    assertFalse(read.ok(), read.toString());
    await("the map grows too old to be served")
        .atMost(Duration.ofSeconds(4))
        .until(() -> ensemble.rest.get(survivor.http(), "/cluster/map").status() == 503);
    assertEquals(503, ensemble.rest.get(survivor.http(), "/readyz").status());
    assertEquals(200, ensemble.rest.get(survivor.http(), "/healthz").status());
    assertEquals(200, ensemble.rest.get(survivor.http(), "/livez").status());
  }

  @Test
  void aLeaderThatIsAskedToEndHandsOverAndExitsWithZero() throws Exception {
    MemberProcess leader = ensemble.awaitLeader();
    leader.terminate();
    assertEquals(Optional.of(0), leader.awaitExit(15));
    MemberProcess heir = ensemble.awaitLeader();
    assertEquals(200, ensemble.rest.post(heir.http(), "/cluster/ids", "").status());
  }

  @Test
  void aRepeatedKeyGetsItsFirstAnswerAfterAFailover() throws Exception {
    MemberProcess leader = ensemble.awaitLeader();
    JsonNode first =
        ensemble.rest.post(leader.http(), "/cluster/ids", "", "Idempotency-Key", "one").json();
    leader.kill();
    MemberProcess heir = ensemble.awaitLeader();
    assertEquals(
        first,
        ensemble.rest.post(heir.http(), "/cluster/ids", "", "Idempotency-Key", "one").json());
    assertEquals(
        422,
        ensemble
            .rest
            .post(
                heir.http(),
                "/cluster/shards",
                "{\"primary_url\":\"http://127.0.0.1:9\"}",
                "Idempotency-Key",
                "one")
            .status());
  }
}
