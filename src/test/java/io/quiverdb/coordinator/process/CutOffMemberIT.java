// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packets get lost, silently, between the leader and its followers: of Raft only with the one, of
 * HTTP only with the other. Nobody loses its vote, changes go on, the alarms say what is wrong, and
 * afterwards the ensemble survives the loss of its leader as before.
 */
@Timeout(600)
@Tag("realtime")
class CutOffMemberIT {
  /** Alarms need some looks; and a follower that stands still for that long could be acted upon. */
  private static final Duration TOLD = Duration.ofSeconds(10);

  /** A change has 2 s, an election up to 2 s; the rest is for a busy machine. */
  private static final Duration LONGEST_GAP = Duration.ofSeconds(10);

  private static final int MAX_TRIES = 3;

  @TempDir Path folder;

  @Test
  void shortLosses() throws Exception {
    survive(Duration.ofSeconds(5), TOLD.plusSeconds(2));
  }

  @Test
  @Tag("chaos")
  void longLosses() throws Exception {
    survive(Duration.ofSeconds(27), Duration.ofSeconds(60));
  }

  private void survive(Duration... lengths) throws Exception {
    try (HostedMembers members = HostedMembers.started(folder)) {
      try {
        survive(members, lengths);
      } catch (AssertionError | ConditionTimeoutException e) {
        throw new AssertionError(e.getMessage() + "\n" + members.lastWords(), e);
      }
    }
  }

  private static void survive(HostedMembers members, Duration... lengths) throws Exception {
    int leader = members.awaitLeader(HostedMembers.HOSTS);
    for (int tries = 1; !survives(members, leader, lengths); tries++) {
      assertTrue(tries < MAX_TRIES, "leadership moved in each of " + tries + " tries");
      leader = members.awaitLeader(HostedMembers.HOSTS);
    }
  }

  /** False if leadership moved by itself, as on a busy machine: then nothing was cut off. */
  private static boolean survives(HostedMembers members, int leader, Duration... lengths)
      throws Exception {
    Writer writer = new Writer(members, leader);
    Thread writing = new Thread(writer, "writer");
    writing.start();
    try {
      for (Duration length : lengths) {
        if (!lose(members, leader, length)) {
          return false;
        }
      }
    } finally {
      writer.over = true;
      writing.join(Ensemble.PATIENCE.toMillis());
    }
    assertTrue(writer.acknowledged.size() > 10, "changes went on");
    assertTrue(
        writer.longestGapNanos.get() < LONGEST_GAP.toNanos(),
        "no change for " + writer.longestGapNanos.get() / 1_000_000 + " ms");

    members.kill(leader);
    int heir = members.awaitLeader(others(leader));
    Rest.Answer next =
        await("the two others go on")
            .atMost(Ensemble.PATIENCE)
            .until(() -> members.post(heir, "/cluster/ids"), Rest.Answer::ok);
    long id = next.json().path("id").asLong();
    assertTrue(id > writer.acknowledged.last(), id + " was acknowledged before");
    return true;
  }

  private static List<Integer> others(int host) {
    return HostedMembers.HOSTS.stream().filter(other -> other != host).toList();
  }

  private static boolean lose(HostedMembers members, int leader, Duration length) throws Exception {
    int deaf = others(leader).get(0);
    int dumb = others(leader).get(1);
    members.network.cut(leader, deaf, HostedMembers.RAFT);
    members.network.cut(leader, dumb, HostedMembers.HTTP);
    long end = System.nanoTime() + length.toNanos();
    boolean told = length.compareTo(TOLD) < 0;
    boolean led = true;
    while (led && (System.nanoTime() - end < 0 || !told)) {
      led = members.leads(leader);
      List<String> atLeader = alarms(members, leader);
      List<String> atThird = alarms(members, dumb);
      told |=
          has(atLeader, "member_not_following", "c" + deaf, "takes no connection")
              && has(atLeader, "member_unreachable", "c" + dumb, "")
              && has(atThird, "member_not_following", "c" + deaf, "does not arrive")
              && has(atThird, "member_unreachable", "c" + leader, "");
      assertTrue(
          System.nanoTime() - end < Ensemble.PATIENCE.toNanos(),
          "alarms after " + length + ": " + atLeader + " and " + atThird);
    }
    members.network.uncut(leader, deaf, HostedMembers.RAFT);
    members.network.uncut(leader, dumb, HostedMembers.HTTP);
    await("the alarms end")
        .atMost(Ensemble.PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                HostedMembers.HOSTS.stream()
                    .allMatch(
                        host ->
                            alarms(members, host).stream()
                                .noneMatch(a -> a.startsWith("member_"))));
    HostedMembers.HOSTS.forEach(members::awaitReady);
    return led;
  }

  private static boolean has(List<String> alarms, String code, String member, String reason) {
    return alarms.stream()
        .anyMatch(
            alarm -> alarm.startsWith(code + " member " + member + " ") && alarm.contains(reason));
  }

  /** Every member, at any time, reports that all three vote. */
  private static List<String> alarms(HostedMembers members, int host) {
    Rest.Answer status =
        await()
            .atMost(Ensemble.PATIENCE)
            .until(() -> members.get(host, "/cluster/status"), Rest.Answer::ok);
    for (JsonNode member : status.json().path("members")) {
      assertTrue(member.path("voter").asBoolean(), "c" + host + " says: " + member);
    }
    assertEquals(HostedMembers.HOSTS.size(), status.json().path("members").size());
    List<String> alarms = new ArrayList<>();
    for (JsonNode alarm : status.json().path("alarms")) {
      alarms.add(alarm.path("code").asText() + " " + alarm.path("detail").asText());
    }
    return alarms;
  }

  /** Takes ids, one after the other. */
  private static final class Writer implements Runnable {
    private final HostedMembers members;
    private final int host;
    private final ConcurrentSkipListSet<Long> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicLong longestGapNanos = new AtomicLong();
    private volatile boolean over;

    Writer(HostedMembers members, int host) {
      this.members = members;
      this.host = host;
    }

    @Override
    public void run() {
      long last = System.nanoTime();
      while (!over) {
        Rest.Answer answer = members.post(host, "/cluster/ids");
        if (answer.ok()) {
          assertFalse(!acknowledged.add(answer.json().path("id").asLong()), "an id given twice");
          long now = System.nanoTime();
          longestGapNanos.accumulateAndGet(now - last, Math::max);
          last = now;
        }
      }
    }
  }
}
