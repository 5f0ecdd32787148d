// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.process.ChangingMembers.Joining;
import io.quiverdb.coordinator.process.ChangingMembers.Typed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every host of an ensemble of five is replaced, one after another, while a client writes to all.
 */
@Tag("realtime")
@Tag("chaos")
class NewHostsIT {
  private static final int HOSTS = 5;

  private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(2);

  @TempDir Path folder;

  @Test
  void allFiveHostsAreReplacedWhileAClientWrites() throws Exception {
    try (Ensemble ensemble = Ensemble.started(Ensemble.prepared(folder, HOSTS, ""));
        ChangingMembers members = new ChangingMembers(folder, ensemble)) {
      List<MemberProcess> old = ensemble.members();
      ensemble.rest.awaitFormat2(old.get(0).http());
      IdWriter writer = IdWriter.atAll(members::all);
      List<MemberProcess> hosts = new ArrayList<>();
      for (MemberProcess gone : old) {
        Joining joining = members.join("c" + (HOSTS + hosts.size() + 1));
        replace(members, gone, joining);
        hosts.add(joining.process());
        assertTrue(
            ensemble.add(joining.process().http(), "http://127.0.0.1:" + (10 + hosts.size())));
        await("two to spare")
            .atMost(Ensemble.PATIENCE)
            .until(() -> tolerance(ensemble, joining.process()) == 2);
      }
      writer.end();

      for (MemberProcess host : hosts) {
        JsonNode map = ensemble.map(host);
        assertEquals(2 + HOSTS, map.path("shards").size(), map.toString());
        writer.assertNothingLostAt(host);
      }
      System.out.println("five hosts replaced: " + writer);
      writer.assertNeverRefusedFor(LONGEST_REFUSAL, members::lastWords);
    }
  }

  private static int tolerance(Ensemble ensemble, MemberProcess member) {
    return ensemble
        .rest
        .get(member.http(), "/cluster/members")
        .json()
        .path("failure_tolerance")
        .asInt(-1);
  }

  private static void replace(ChangingMembers members, MemberProcess gone, Joining joining)
      throws Exception {
    Typed typed =
        members.type(
            "members",
            "replace",
            gone.id(),
            joining.process().id(),
            "--raft",
            joining.raft(),
            "--http",
            joining.process().http().toString(),
            "--yes",
            "--wait");
    assertEquals(0, typed.code(), () -> typed.text() + members.lastWords());
    assertEquals(Optional.of(4), gone.awaitExit(20), members::lastWords);
  }
}
