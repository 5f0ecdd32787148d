// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.process.TlsMembers.Transport;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members that use only TLS, except to routers; each at its own address. It runs the built
 * jar, with files like those of operators.
 */
@Tag("realtime")
class TlsIT {
  @TempDir Path folder;

  private TlsMembers members;

  @BeforeEach
  void start() throws Exception {
    members = new TlsMembers(folder);
    members.foundAll(Transport.ALL);
  }

  @AfterEach
  void end() {
    members.close();
  }

  @Test
  void membersOperatorsAndARouterBehindARelayGoOnWhileCertificatesChange() throws Exception {
    int leader = members.leader(members.tls(1));
    int follower = leader % TlsMembers.FOUNDERS + 1;
    assertEquals(200, members.status("POST", members.tls(follower) + "/cluster/ids"), "passed on");
    assertEquals(200, members.status("GET", members.plain(follower) + "/cluster/map"));
    HttpResponse<String> refused = members.send("GET", members.plain(follower) + "/cluster/status");
    assertEquals(403, refused.statusCode());
    assertTrue(refused.body().contains(members.tls(follower)), refused.body());
    assertEquals(
        403, members.status("GET", members.tls(follower) + "/internal/member"), "no member");
    members.type(List.of(follower), "status");

    int port = FreePorts.take(1).get(0);
    String relay = "http://127.0.0.1:" + port;
    Process unused =
        members.launch(
            "relay",
            "relay",
            "--listen",
            "127.0.0.1:" + port,
            "--cacert",
            members.authorityFile().toString(),
            "--endpoint",
            members.tls(leader) + "," + members.tls(follower));
    members.awaitAnswer("GET", relay + "/cluster/map", answer -> answer.statusCode() == 200);

    // A year becomes ten; then a broken file, which changes nothing.
    for (int i = 1; i <= TlsMembers.FOUNDERS; i++) {
      members.authority.issue(
          folder.resolve("c" + i),
          Instant.now().minusSeconds(60),
          Instant.now().plus(Duration.ofDays(3_650)),
          TlsMembers.host(i));
      hangUp(members.process(i));
      members.awaitAnswer(
          "GET", members.tls(i) + "/metrics", answer -> expiry(answer.body()) > 300_000_000);
    }
    Files.writeString(folder.resolve("c" + follower + "/key.pem"), "nonsense");
    hangUp(members.process(follower));
    members.awaitAnswer(
        "GET",
        members.tls(follower) + "/cluster/status",
        answer -> answer.body().contains("reload_failed"));
    assertEquals(200, members.status("POST", members.tls(follower) + "/cluster/ids"));

    members.process(leader).destroyForcibly().onExit().join();
    assertEquals(200, members.status("GET", relay + "/livez"), "within one request");
    members.awaitAnswer("POST", relay + "/cluster/ids", answer -> answer.statusCode() == 200);
  }

  /** It is found, heard and taken in over TLS alone, and counts when another one is gone. */
  @Tag("chaos")
  @Test
  void aMemberIsAddedOverTls() throws Exception {
    members.awaitFormat2(members.tls(1));
    members.join(4, Transport.ALL);
    members.type(
        List.of(1, 2, 3),
        "members",
        "add",
        "c4",
        "--raft",
        members.raft(4),
        "--http",
        members.tls(4),
        "--wait",
        "--timeout",
        "30s");
    members.awaitReady(members.tls(4));
    assertEquals(200, members.status("POST", members.tls(4) + "/cluster/ids"), "passed on by it");
    assertEquals(403, members.status("GET", members.plain(4) + "/cluster/status"));
    int leader = members.leader(members.tls(4));
    members.process(leader == 4 ? 1 : leader).destroyForcibly().onExit().join();
    members.awaitAnswer(
        "POST", members.tls(4) + "/cluster/ids", answer -> answer.statusCode() == 200);
  }

  private static double expiry(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("quiver_coordinator_certificate_expiry_seconds "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElse(0);
  }

  private static void hangUp(Process member) throws Exception {
    assertEquals(
        0, new ProcessBuilder("kill", "-HUP", Long.toString(member.pid())).start().waitFor());
  }
}
