// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that come back with little, or with nothing at all. */
@Tag("realtime")
class ReturningMemberIT {
  @TempDir Path folder;

  @Test
  void aWipedMemberBesideALaggingOneLosesNothing() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      MemberProcess lagging = ensemble.others(leader).get(0);
      MemberProcess wiped = ensemble.others(leader).get(1);
      lagging.kill();
      JsonNode map =
          ensemble
              .rest
              .post(leader.http(), "/cluster/shards", "{\"primary_url\":\"http://127.0.0.1:7\"}")
              .json();
      assertTrue(new Load(32).allocate(leader.http(), 300) >= 300);
      // Only the leader and the one that is wiped now hold these entries.
      wiped.kill();
      leader.kill();
      wipe(ensemble.data(wiped.id()));
      lagging.start();
      wiped.start();
      await("the wiped member sees that it is not new")
          .atMost(Ensemble.PATIENCE)
          .until(() -> status(ensemble, wiped).path("role").asText().equals("rejoining"));
      assertEquals(
          503, ensemble.rest.get(lagging.http(), "/cluster/map").status(), "without a majority");
      leader.start();
      ensemble.members().forEach(ensemble::awaitReady);
      for (MemberProcess member : ensemble.members()) {
        assertEquals(map, ensemble.map(member));
      }
      long id = ensemble.rest.post(wiped.http(), "/cluster/ids", "").json().get("id").asLong();
      assertTrue(id >= 303, "id " + id + " was handed out before");
      // It counts again: with the others' leader gone, the two of them go on.
      ensemble.awaitLeader().kill();
      assertEquals(
          200, ensemble.rest.post(ensemble.awaitLeader().http(), "/cluster/ids", "").status());
    }
  }

  @Test
  void aWipedFollowerIsTakenBackWithoutHelp() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      MemberProcess wiped = ensemble.others(leader).get(1);
      wiped.kill();
      wipe(ensemble.data(wiped.id()));
      assertEquals(200, ensemble.rest.post(leader.http(), "/cluster/ids", "").status());
      wiped.start();
      ensemble.awaitReady(wiped);
      MemberProcess third = ensemble.others(leader).get(0);
      third.kill();
      await()
          .atMost(Ensemble.PATIENCE)
          .until(() -> ensemble.rest.post(wiped.http(), "/cluster/ids", "").ok());
    }
  }

  private static JsonNode status(Ensemble ensemble, MemberProcess member) {
    Rest.Answer answer = ensemble.rest.get(member.http(), "/cluster/status");
    return answer.ok()
        ? answer.json()
        : com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  static void wipe(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> files = Files.walk(folder)) {
      paths = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
