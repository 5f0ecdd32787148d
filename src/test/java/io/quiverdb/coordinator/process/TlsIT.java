// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.tls.ClientTls;
import io.quiverdb.coordinator.tls.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members that speak nothing but TLS, but to routers; each at an address of its own. What
 * runs is what is built, with files as operators have them.
 */
@Tag("realtime")
class TlsIT {
  private static final Duration PATIENCE = Ensemble.PATIENCE;

  @TempDir Path folder;

  private final TestAuthority authority = new TestAuthority("ca");
  private final List<Integer> ports = FreePorts.take(10);
  private final List<Process> members = new ArrayList<>();
  private final List<Process> others = new ArrayList<>();
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    for (int i = 1; i <= 3; i++) {
      authority.issue(folder.resolve("c" + i), host(i));
      members.add(launch("c" + i, "serve", "--config", config(i).toString()));
    }
    client =
        HttpClient.newBuilder()
            .sslContext(
                ClientTls.context(
                    Optional.of(folder.resolve("c1/ca.pem")), Optional.empty(), Optional.empty()))
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    for (int i = 1; i <= 3; i++) {
      awaitAnswer("GET", tls(i) + "/readyz", answer -> answer.statusCode() == 200);
    }
  }

  @AfterEach
  void end() {
    members.forEach(process -> process.destroyForcibly().onExit().join());
    others.forEach(process -> process.destroyForcibly().onExit().join());
  }

  private static String host(int member) {
    return "127.0.0." + member;
  }

  private String raft(int member) {
    return host(member) + ":" + ports.get(3 * member - 3);
  }

  private String plain(int member) {
    return "http://" + host(member) + ":" + ports.get(3 * member - 2);
  }

  private String tls(int member) {
    return "https://" + host(member) + ":" + ports.get(3 * member - 1);
  }

  private Path config(int member) throws IOException {
    StringBuilder all = new StringBuilder();
    for (int i = 1; i <= 3; i++) {
      all.append("    - { id: c%d, raft: \"%s\", http: \"%s\" }%n".formatted(i, raft(i), tls(i)));
    }
    return Files.writeString(
        folder.resolve("c" + member + ".yaml"),
        """
        node: { id: c%d, data_dir: %s }
        ensemble:
          members:
        %shttp: { listen: "%s", tls_listen: "%s", plain: routers }
        raft: { listen: "%s", tls: required }
        tls: { cert_file: c%d/cert.pem, key_file: c%d/key.pem, ca_file: c%d/ca.pem }
        auth: { api_keys: [ { id: ops, role: admin, secret: secret-of-ops } ] }
        bootstrap: { shards: [ "http://127.0.0.1:1" ] }
        migration: { adoption: assumed }
        """
            .formatted(
                member,
                folder.resolve("data-c" + member),
                all,
                plain(member).substring("http://".length()),
                tls(member).substring("https://".length()),
                raft(member),
                member,
                member,
                member));
  }

  private Process launch(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + System.getProperty("quiver.coordinator.jvm.args"));
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-jar", System.getProperty("quiver.coordinator.jar")));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("QUIVER_"));
    builder.environment().put("QUIVER_API_KEY", "secret-of-ops");
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".out").toFile())
        .start();
  }

  private HttpResponse<String> send(String method, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer secret-of-ops")
            .timeout(Duration.ofSeconds(10))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> awaitAnswer(
      String method, String url, Predicate<HttpResponse<String>> wanted) {
    return await(url)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> send(method, url), wanted::test);
  }

  private int leader() throws Exception {
    JsonNode status =
        new ObjectMapper()
            .readTree(
                awaitAnswer(
                        "GET",
                        tls(1) + "/cluster/status",
                        answer -> answer.body().contains("\"leader\":\"c"))
                    .body());
    return Integer.parseInt(status.path("leader").asText().substring(1));
  }

  @Test
  void membersOperatorsAndARouterBehindARelayGoOnWhileCertificatesChange() throws Exception {
    int leader = leader();
    int follower = leader % 3 + 1;
    assertEquals(200, send("POST", tls(follower) + "/cluster/ids").statusCode(), "passed on");
    assertEquals(200, send("GET", plain(follower) + "/cluster/map").statusCode());
    HttpResponse<String> refused = send("GET", plain(follower) + "/cluster/status");
    assertEquals(403, refused.statusCode());
    assertTrue(refused.body().contains(tls(follower)), refused.body());
    assertEquals(403, send("GET", tls(follower) + "/internal/member").statusCode(), "no member");

    Process shown =
        launch(
            "status",
            "status",
            "--endpoint",
            tls(follower),
            "--cacert",
            folder.resolve("c1/ca.pem").toString());
    others.add(shown);
    assertTrue(shown.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertEquals(0, shown.exitValue(), Files.readString(folder.resolve("status.out")));

    String relay = "http://127.0.0.1:" + ports.get(9);
    others.add(
        launch(
            "relay",
            "relay",
            "--listen",
            "127.0.0.1:" + ports.get(9),
            "--cacert",
            folder.resolve("c1/ca.pem").toString(),
            "--endpoint",
            tls(leader) + "," + tls(follower)));
    awaitAnswer("GET", relay + "/cluster/map", answer -> answer.statusCode() == 200);

    // A year becomes ten; then a broken file, which changes nothing.
    for (int i = 1; i <= 3; i++) {
      authority.issue(
          folder.resolve("c" + i),
          Instant.now().minusSeconds(60),
          Instant.now().plus(Duration.ofDays(3_650)),
          host(i));
      hangUp(members.get(i - 1));
      awaitAnswer("GET", tls(i) + "/metrics", answer -> expiry(answer.body()) > 300_000_000);
    }
    Files.writeString(folder.resolve("c" + follower + "/key.pem"), "nonsense");
    hangUp(members.get(follower - 1));
    awaitAnswer(
        "GET",
        tls(follower) + "/cluster/status",
        answer -> answer.body().contains("reload_failed"));
    assertEquals(200, send("POST", tls(follower) + "/cluster/ids").statusCode());

    members.get(leader - 1).destroyForcibly().onExit().join();
    assertEquals(200, send("GET", relay + "/livez").statusCode(), "within one request");
    awaitAnswer("POST", relay + "/cluster/ids", answer -> answer.statusCode() == 200);
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
