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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More members are lost than an ensemble can bear. */
@Tag("realtime")
class ClusterLossIT {
  @TempDir Path folder;

  @Test
  void allThreeKilledAtOnceComeBackWithEverythingAcknowledged() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      int acknowledged = new Load(32).allocate(ensemble.awaitLeader().http(), 500);
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
      Rest.Answer allocated =
          await()
              .atMost(Ensemble.PATIENCE)
              .until(() -> ensemble.rest.post(any, "/cluster/ids", ""), Rest.Answer::ok);
      long next = allocated.json().get("id").asLong();
      assertTrue(next >= 2 + acknowledged + 1, "id " + next + " after " + acknowledged);
    }
  }

  @Test
  void withoutAQuorumNothingIsAcknowledgedAndItRecovers() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess survivor = ensemble.awaitLeader();
      List<MemberProcess> others = ensemble.others(survivor);
      others.forEach(MemberProcess::kill);
      refusesEverything(ensemble, survivor);
      refusesEverything(ensemble, survivor);
      others.get(0).start();
      ensemble.awaitReady(survivor);
      await()
          .atMost(Ensemble.PATIENCE)
          .until(() -> ensemble.rest.post(survivor.http(), "/cluster/ids", "").ok());
      others.get(1).start();
      ensemble.members().forEach(ensemble::awaitReady);
    }
  }

  private static void refusesEverything(Ensemble ensemble, MemberProcess survivor) {
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
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      leader.terminate();
      assertEquals(Optional.of(0), leader.awaitExit(15));
      MemberProcess heir = ensemble.awaitLeader();
      assertEquals(200, ensemble.rest.post(heir.http(), "/cluster/ids", "").status());
    }
  }

  @Test
  void aRepeatedKeyGetsItsFirstAnswerAfterAFailover() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
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
}
