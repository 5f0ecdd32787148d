// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.process.ChangingMembers.Joining;
import io.quiverdb.coordinator.process.ChangingMembers.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line adds and removes members while a client writes. */
@Tag("realtime")
class MembersIT {
  private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(2);

  @TempDir Path folder;

  @Test
  void threeBecomeFiveAndOtherThreeWhileAClientWrites() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder);
        ChangingMembers members = new ChangingMembers(folder, ensemble)) {
      MemberProcess leader = ensemble.awaitLeader();
      MemberProcess second = ensemble.others(leader).get(0);
      ensemble.rest.awaitFormat2(leader.http());
      IdWriter writer = IdWriter.atOne(members::all);
      Joining fourth = members.join("c4");
      Joining fifth = members.join("c5");
      add(members, fourth);
      add(members, fifth);
      assertTrue(ensemble.add(second.http(), "http://127.0.0.1:7"));
      remove(members, leader, "--force");
      assertTrue(ensemble.add(fourth.process().http(), "http://127.0.0.1:8"));
      remove(members, second);
      writer.end();

      for (Joining added : List.of(fourth, fifth)) {
        JsonNode map = ensemble.map(added.process());
        assertEquals(4, map.path("shards").size(), map.toString());
      }
      writer.assertNothingLostAt(fifth.process());
      await("three that survive a loss")
          .atMost(Ensemble.PATIENCE)
          .until(() -> tolerance(ensemble, fifth.process()) == 1);
      writer.assertNeverRefusedFor(LONGEST_REFUSAL, members::lastWords);
    }
  }

  private static int tolerance(Ensemble ensemble, MemberProcess member) {
    JsonNode answer = ensemble.rest.get(member.http(), "/cluster/members").json();
    assertEquals(3, answer.path("members").size(), answer.toString());
    return answer.path("failure_tolerance").asInt(-1);
  }

  private static void add(ChangingMembers members, Joining joining) throws Exception {
    String id = joining.process().id();
    Typed typed =
        members.type(
            "members",
            "add",
            id,
            "--raft",
            joining.raft(),
            "--http",
            joining.process().http().toString(),
            "--wait");
    assertEquals(0, typed.code(), () -> typed.text() + members.lastWords());
    assertTrue(typed.text().contains("waits for member " + id), typed.text());
  }

  private static void remove(ChangingMembers members, MemberProcess member, String... force)
      throws Exception {
    List<String> words =
        new java.util.ArrayList<>(List.of("members", "remove", member.id(), "--yes", "--wait"));
    words.addAll(List.of(force));
    Typed typed = members.type(words.toArray(String[]::new));
    assertEquals(0, typed.code(), () -> typed.text() + members.lastWords());
    assertEquals(Optional.of(4), member.awaitExit(20), () -> members.lastWords());
    List<String> lines = Files.readAllLines(member.output());
    String last = lines.get(lines.size() - 1);
    assertTrue(last.contains("Member " + member.id() + " was removed from the ensemble"), last);
  }
}
