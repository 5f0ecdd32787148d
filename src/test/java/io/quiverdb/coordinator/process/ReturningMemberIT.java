package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.MemberProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that come back with little, or with nothing at all. */
class ReturningMemberIT {
  private static final int MANY = 30_000;

  /** So many make the most entries a second on two cores: fewer wait, and more share entries. */
  private static final int CONNECTIONS = 12;

  @TempDir Path folder;

  @Test
  void aFollowerThatMissedThirtyThousandEntriesComesBackBySnapshot() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      Rest.Answer keyed =
          ensemble.rest.post(leader.http(), "/cluster/ids", "", "Idempotency-Key", "before");
      MemberProcess late = ensemble.others(leader).get(0);
      long missedFrom = ensemble.appliedIndex(late.http());
      late.kill();
      Load load = new Load(CONNECTIONS);
      assertTrue(load.allocate(leader.http(), MANY) >= MANY);
      // How many ids share an entry, and so when the first entry may go, depends on the load.
      for (int more = 0; more < 10 && !purgedBeyond(missedFrom, leader, ensemble); more++) {
        assertTrue(load.allocate(leader.http(), MANY / 6) > 0);
      }
      late.start();
      ensemble.awaitReady(late);
      long applied = ensemble.appliedIndex(leader.http());
      await().atMost(Ensemble.PATIENCE).until(() -> ensemble.appliedIndex(late.http()) >= applied);
      assertTrue(
          purgedBeyond(missedFrom, leader, ensemble),
          "the leader's log still reaches back to " + missedFrom + ": no snapshot was needed");
      Rest.Answer again =
          ensemble.rest.post(late.http(), "/cluster/ids", "", "Idempotency-Key", "before");
      assertEquals(keyed.json(), again.json());
      assertTrue(size(ensemble.data(late.id())) <= 64L << 20);
      assertTrue(size(ensemble.data(leader.id())) <= 64L << 20);
    }
  }

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

  private static boolean purgedBeyond(long index, MemberProcess member, Ensemble ensemble)
      throws IOException {
    return firstLogIndex(ensemble.data(member.id())) > index + 1;
  }

  private static long firstLogIndex(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("log_(inprogress_)?\\d+(-\\d+)?"))
          .mapToLong(
              name -> Long.parseLong(name.replaceFirst("log_(inprogress_)?", "").split("-")[0]))
          .min()
          .orElseThrow();
    }
  }

  private static long size(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
