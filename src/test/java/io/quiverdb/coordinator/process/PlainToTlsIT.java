// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.process.TlsMembers.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP changes from plain to TLS member by member, while a client makes changes. */
@Tag("chaos")
@Tag("realtime")
class PlainToTlsIT {
  private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(5);

  @TempDir Path folder;

  private final List<String> urls = new CopyOnWriteArrayList<>();
  private final TreeSet<String> acknowledged = new TreeSet<>();
  private Duration longest = Duration.ZERO;
  private volatile boolean stopped;

  /** Keeps to one member for as long as that takes its changes. */
  private void write(TlsMembers members) {
    long last = System.nanoTime();
    for (int turn = 0; !stopped; ) {
      try {
        var answer = members.send("POST", urls.get(turn % urls.size()) + "/cluster/ids");
        if (answer.statusCode() == 200) {
          assertTrue(acknowledged.add(answer.body()), () -> "given out twice: " + answer.body());
          Duration since = Duration.ofNanos(System.nanoTime() - last);
          longest = since.compareTo(longest) > 0 ? since : longest;
          last = System.nanoTime();
          continue;
        }
      } catch (IOException e) {
        // Its member is being restarted: the next one is asked.
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      turn++;
    }
  }

  @Test
  void noChangeIsRefusedForLong() throws Exception {
    try (TlsMembers members = new TlsMembers(folder)) {
      members.foundAll(Transport.PLAIN);
      for (int i = 1; i <= TlsMembers.FOUNDERS; i++) {
        urls.add(members.plain(i));
      }
      members.awaitFormat2(urls.get(0));
      CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(members));

      for (int i = 1; i <= TlsMembers.FOUNDERS; i++) {
        restart(members, i, Transport.BOTH);
        members.awaitReady(members.tls(i));
      }
      for (int i = 1; i <= TlsMembers.FOUNDERS; i++) {
        String elsewhere = members.tls(i % TlsMembers.FOUNDERS + 1);
        assertEquals(
            200,
            members
                .send(
                    "PUT",
                    elsewhere + "/cluster/members/c" + i,
                    "{\"raft\":\"%s\",\"http\":\"%s\"}".formatted(members.raft(i), members.tls(i)))
                .statusCode());
        urls.set(i - 1, members.tls(i));
        restart(members, i, Transport.HTTPS);
        members.awaitAnswer(
            "GET", elsewhere + "/cluster/members", it -> it.body().contains("\"change\":null"));
      }
      restart(members, 1, Transport.NARROW);
      members.awaitReady(members.tls(1));
      assertEquals(403, members.status("GET", members.plain(1) + "/cluster/status"));
      assertEquals(200, members.status("GET", members.plain(1) + "/cluster/map"));

      stopped = true;
      writing.join();
      assertTrue(longest.compareTo(LONGEST_REFUSAL) < 0, () -> "refused for " + longest);
      assertTrue(acknowledged.size() > 10, acknowledged::toString);
      String list = members.send("GET", members.tls(2) + "/cluster/members").body();
      for (int i = 1; i <= TlsMembers.FOUNDERS; i++) {
        assertTrue(list.contains(members.tls(i)), list);
      }
      String status = members.send("GET", members.tls(2) + "/cluster/status").body();
      assertTrue(!status.contains("members_differ"), status);
    }
  }

  private static void restart(TlsMembers members, int member, Transport transport)
      throws Exception {
    members.stop(member);
    members.found(member, transport);
    members.awaitReady(members.url(member, transport));
  }
}
