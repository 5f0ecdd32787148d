// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.http.Listening;
import io.quiverdb.coordinator.api.http.Listening.Certificates;
import io.quiverdb.coordinator.api.request.MemberProof;
import io.quiverdb.coordinator.api.request.Safeguards;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NameLookups;
import io.quiverdb.coordinator.member.EnsembleSecret;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.member.Introduction;
import io.quiverdb.coordinator.tls.RenewableTls;
import io.quiverdb.coordinator.tls.TestAuthority;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each port serves to whom. The member is c1, and its address 127.0.0.1. */
class TlsPortTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final List<String> SECRET = List.of("sixteen characters");

  @TempDir Path folder;

  private final TestAuthority authority = new TestAuthority("ca");
  private final NameLookups names = new NameLookups();
  private RenewableTls server;
  private FakeLeader node;

  @BeforeEach
  void issue() throws Exception {
    server = material(authority, "server", "127.0.0.1");
  }

  @AfterEach
  void close() {
    node.close();
    names.close();
  }

  private RenewableTls material(TestAuthority by, String name, String... hosts) throws Exception {
    return RenewableTls.of(TestAuthority.material(by.issue(folder.resolve(name), hosts)));
  }

  private void start(
      Certificates certificates, boolean forRouters, boolean certified, List<String> secret) {
    node =
        new FakeLeader(
            Keys.of(List.of(new Keys.Configured("ops", "secret", Role.ADMIN))),
            new Safeguards(
                List::of,
                Optional.empty(),
                forRouters ? Optional.of(URI.create("https://c1:6337")) : Optional.empty(),
                new MemberProof(
                    Optional.of(server),
                    secret.isEmpty() ? Optional.empty() : Optional.of(new EnsembleSecret(secret)),
                    certified)),
            Optional.of(new Listening.Tls("127.0.0.1", 0, certificates, server)));
  }

  private HttpReply get(Optional<SSLContext> as, int port, String path, String... headers)
      throws Exception {
    String base = (as.isPresent() ? "https" : "http") + "://127.0.0.1:" + port;
    try (BoundedHttp http = new BoundedHttp("test", names, as, LIMIT, 4)) {
      HttpRequest.Builder request =
          BoundedHttp.request(base, path).header("Authorization", "Bearer secret");
      for (int i = 0; i < headers.length; i += 2) {
        request.header(headers[i], headers[i + 1]);
      }
      return http.call(request.build(), LIMIT, 1 << 20);
    }
  }

  private int status(RenewableTls as, String path, String... headers) throws Exception {
    return get(Optional.of(as.client()), node.tlsPort(), path, headers).status();
  }

  private int plain(String path, String... headers) throws Exception {
    return get(Optional.empty(), node.port(), path, headers).status();
  }

  private RenewableTls anonymous() {
    return RenewableTls.trusting(
        server.trustManager().getAcceptedIssuers().length == 0
            ? List.of()
            : List.of(server.trustManager().getAcceptedIssuers()));
  }

  @Test
  void everyRouteIsThereOverBothVersionsOfTls() throws Exception {
    start(Certificates.WANT, false, false, List.of());
    assertEquals(200, status(anonymous(), "/cluster/map"));
    assertEquals(200, status(anonymous(), "/cluster/status"));
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      assertEquals(version, handshake(anonymous().client(), version));
    }
    assertThrows(IOException.class, () -> handshake(anonymous().client(), "TLSv1.1"));
  }

  @Test
  void eventsComeOverTlsButNotAtAPortForRouters() throws Exception {
    start(Certificates.WANT, true, false, List.of());
    assertEquals(403, plain("/cluster/events"));
    assertEquals(403, plain("/cluster/map/watch"));
    HttpClient client = HttpClient.newBuilder().sslContext(anonymous().client()).build();
    URI events = URI.create("https://127.0.0.1:" + node.tlsPort() + "/cluster/events?since=0");
    try (FollowedStream stream =
        FollowedStream.of(client, events, "Authorization", "Bearer secret")) {
      await().atMost(LIMIT).until(() -> !stream.ids("standing").isEmpty());
      assertEquals(List.of("1"), stream.ids("change"));
    }
  }

  private String handshake(SSLContext context, String version) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", node.tlsPort())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {version});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }

  @Test
  void aCertificateMayBeDemandedAndThatOfAnotherAuthorityIsNone() throws Exception {
    start(Certificates.NEED, false, false, List.of());
    RenewableTls foreign = material(new TestAuthority("other"), "foreign", "127.0.0.1");
    foreign.replace(List.of(server.trustManager().getAcceptedIssuers()));
    assertEquals(200, status(material(authority, "client", "ops"), "/cluster/map"));
    assertThrows(IOException.class, () -> status(anonymous(), "/cluster/map"));
    assertThrows(IOException.class, () -> status(foreign, "/cluster/map"));
  }

  @Test
  void whatIsForMembersTakesTheCertificateOfOne() throws Exception {
    start(Certificates.WANT, false, true, List.of());
    assertEquals(200, status(material(authority, "member", "127.0.0.1"), "/internal/member"));
    assertEquals(403, status(material(authority, "client", "ops"), "/internal/member"));
    assertEquals(403, status(anonymous(), "/internal/member"));
    assertEquals(403, plain("/internal/member"));
    assertEquals(403, plain("/internal/snapshot"));
    assertEquals(403, plain("/internal/no-such-route"));
  }

  /** Nothing is forwarded here: the test is about who counts as a member. */
  @Test
  void aClientCannotClaimThatAMemberPassedItsRequestOn() throws Exception {
    start(Certificates.WANT, false, true, List.of());
    RenewableTls member = material(authority, "member", "127.0.0.1");
    assertEquals(200, status(member, "/cluster/status", Forwarding.HEADER, "c1"));
    assertEquals(403, status(member, "/cluster/status", Forwarding.HEADER, "c2"));
    assertEquals(
        403,
        status(material(authority, "client", "ops"), "/cluster/status", Forwarding.HEADER, "c1"));
    assertEquals(403, plain("/cluster/status", Forwarding.HEADER, "c1"));
    assertEquals(200, plain("/cluster/status"));
  }

  @Test
  void anAuthorityThatWasTakenOutVouchesForNobodyAtOnce() throws Exception {
    start(Certificates.WANT, false, true, List.of());
    RenewableTls old = material(authority, "old", "127.0.0.1");
    try (SSLSocket kept =
        (SSLSocket) old.client().getSocketFactory().createSocket("127.0.0.1", node.tlsPort())) {
      kept.setSoTimeout((int) LIMIT.toMillis());
      assertEquals(200, statusOn(kept, "/internal/member"));
      TestAuthority next = new TestAuthority("next");
      server.replace(TestAuthority.material(next.issue(folder.resolve("next"), "127.0.0.1")));
      assertEquals(403, statusOn(kept, "/internal/member"), "over the same connection");
      RenewableTls renewed = material(next, "renewed", "127.0.0.1");
      assertEquals(200, status(renewed, "/internal/member"));
      // A new connection does not come about: the old member does not trust the new authority.
      assertThrows(IOException.class, () -> status(old, "/internal/member"));
    }
  }

  /** A client would be free to make another connection. */
  private static int statusOn(SSLSocket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = socket.getInputStream().read();
      assertTrue(next >= 0, () -> "the connection ended: " + head);
      head.append((char) next);
    }
    Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
    assertTrue(length.find(), head::toString);
    int bytes = Integer.parseInt(length.group(1));
    assertEquals(bytes, socket.getInputStream().readNBytes(bytes).length);
    return Integer.parseInt(head.substring(9, 12));
  }

  @Test
  void whereMembersShareASecretItIsAskedFor() throws Exception {
    start(Certificates.WANT, false, false, SECRET);
    assertEquals(403, plain("/internal/member"));
    assertEquals(403, plain("/cluster/status", Forwarding.HEADER, "c1"));
    for (String path : List.of("/internal/member", "/internal/spills")) {
      assertEquals(200, introduced(SECRET, path, path), path);
      assertEquals(403, introduced(List.of("another secret, as long"), path, path), path);
      assertEquals(403, introduced(SECRET, "/internal/other", path), "a proof for another path");
    }
    assertEquals(
        200,
        introduced(
            List.of(SECRET.get(0), "the next secret, soon"),
            "/internal/member",
            "/internal/member"));
  }

  private int introduced(List<String> secret, String proven, String asked) throws Exception {
    HttpRequest.Builder proof = HttpRequest.newBuilder(URI.create("http://127.0.0.1"));
    String nonce =
        new Introduction(Optional.of(new EnsembleSecret(secret))).add(proof, "GET", proven);
    String hash = proof.build().headers().firstValue(Introduction.PROOF).orElseThrow();
    return plain(asked, Introduction.NONCE, nonce, Introduction.PROOF, hash);
  }

  @Test
  void withoutAnythingToProveByMembersAreWhoeverCalls() throws Exception {
    start(Certificates.WANT, false, false, List.of());
    assertEquals(200, plain("/internal/member"));
    assertEquals(200, plain("/cluster/status", Forwarding.HEADER, "c1"));
  }

  @Test
  void aPlainPortForRoutersServesTheMapAndProbesAndNamesTheOther() throws Exception {
    start(Certificates.WANT, true, false, List.of());
    for (String path :
        List.of("/cluster/map", "/cluster/map?min_version=0", "/healthz", "/livez", "/readyz")) {
      assertEquals(200, plain(path), path);
    }
    for (String path :
        List.of(
            "/cluster/status", "/metrics", "/internal/member", "/", "/cluster/map/", "/nothing")) {
      assertEquals(403, plain(path), path);
    }
    HttpReply refused = get(Optional.empty(), node.port(), "/cluster/status");
    assertTrue(new String(refused.body(), StandardCharsets.UTF_8).contains("https://c1:6337"));
    assertEquals(200, status(anonymous(), "/cluster/status"));
  }

  /** The target of a request may name a scheme, and a path may be spelt in many ways. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET https://127.0.0.1/cluster/status",
        "GET /cluster/map/../status",
        "GET /cluster/%73tatus",
        "GET /cluster/map;/../status",
        "POST /cluster/map",
        "DELETE /healthz",
        "GET /%69nternal/member",
      })
  void noSpellingOpensThePlainPort(String line) throws Exception {
    start(Certificates.WANT, true, true, List.of());
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          (line
                  + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer secret\r\n"
                  + "Connection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 40"), answer);
    }
  }
}
