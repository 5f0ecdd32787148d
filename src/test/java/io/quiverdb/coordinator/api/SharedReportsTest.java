// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often readers make a member ask the other two for their reports. */
class SharedReportsTest extends OnFakeMembers {
  private static final List<String> READS =
      List.of("GET /cluster/status", "GET /cluster/members", "GET /cluster/health/report");

  @BeforeEach
  void freeze() {
    members.record();
    members.freeze();
  }

  @Test
  void ofManyReadersAllShareOneLook() {
    List<CompletableFuture<Void>> readers =
        IntStream.range(0, 64).mapToObj(i -> started(READS.get(i % READS.size()))).toList();
    readers.forEach(CompletableFuture::join);
    assertEquals(2, members.asks());
    members.pass(Duration.ofMillis(499));
    READS.forEach(read -> members.leader(read).wants(200));
    assertEquals(2, members.asks());
    members.pass(Duration.ofMillis(1));
    READS.forEach(read -> members.leader(read).wants(200));
    assertEquals(4, members.asks());
  }

  private CompletableFuture<Void> started(String read) {
    return CompletableFuture.runAsync(
        () -> members.leader(read).wants(200), task -> new Thread(task, "reader").start());
  }

  private void add() {
    members
        .leader("POST /cluster/members")
        .json("{\"id\":\"c4\",\"raft\":\"127.0.0.1:4\",\"http\":\"http://127.0.0.1:44\"}")
        .wants(202);
  }

  @Test
  void whatThisMemberKnowsByItselfIsOfNow() {
    members.leader("GET /cluster/status").wants(200);
    add();
    members.leaderWaits("c4");
    assertEquals(
        "c4",
        members.leader("GET /cluster/members").wants(200).json().at("/change/waiting_on").asText());
    int asks = members.asks();
    members.leaderWaits("nothing");
    assertEquals(
        "nothing",
        members.leader("GET /cluster/members").wants(200).json().at("/change/waiting_on").asText());
    assertEquals(asks, members.asks());
  }

  @Test
  void aChangeOfTheMembersOrAnotherLeaderEndsALook() {
    members.leader("GET /cluster/status").wants(200);
    add();
    members.leader("GET /cluster/status").wants(200);
    assertTrue(members.asks() > 2, "asked " + members.asks());
    int asks = members.asks();
    members.log.elect("c2");
    members.leader("GET /cluster/status").wants(200);
    assertTrue(members.asks() > asks, "asked " + members.asks());
  }

  @Test
  void aDecisionRestsOnNoOldLook() {
    members.leader("GET /cluster/members").wants(200);
    int asks = members.asks();
    members.leader("DELETE /cluster/members?id=c3").send();
    assertTrue(members.asks() > asks, "asked " + members.asks());
  }
}
