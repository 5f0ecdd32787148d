// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.http.HostNames;
import io.quiverdb.coordinator.auth.Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes that a browser sends: any page can make it send a POST without a body. */
class CrossSiteChangesTest extends OnFakeMembers {
  @ParameterizedTest
  @CsvSource({
    "POST /cluster/ids, Sec-Fetch-Site, cross-site",
    "POST /cluster/shards/1/drain, Origin, http://evil.example",
    "POST /cluster/leader/transfer, Origin, null",
    "DELETE /cluster/shards/1, Sec-Fetch-Site, same-site",
    "PUT /cluster/shards/1/url, Origin, http://127.0.0.1",
  })
  void aPageOfAnotherOriginMayChangeNothing(String line, String header, String value) {
    for (FakeMembers.Call call :
        new FakeMembers.Call[] {members.leader(line), members.follower(line)}) {
      FakeMembers.Answer refused = call.header(header, value).json("{}").wants(403);
      String detail = refused.json().path("detail").asText();
      assertTrue(detail.contains("use this member's own /console"), detail);
    }
  }

  @Test
  void theOwnPageMayAndSoMayPrograms() {
    members.leader("POST /cluster/ids").wants(200);
    members.leader("POST /cluster/ids").header("Sec-Fetch-Site", "same-origin").wants(200);
    String own = members.http(1).toString();
    members.follower("POST /cluster/ids").header("Origin", own).wants(200);
    members.leader("GET /cluster/status").header("Sec-Fetch-Site", "cross-site").wants(200);
  }

  /**
   * As from a page whose own name resolves to this member. A client library would not send this.
   */
  private static String sent(int port, String host, String more) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      String request = "POST /cluster/ids HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\n\r\n";
      socket
          .getOutputStream()
          .write(request.formatted(host, more).getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "evil.example:6335,  Origin: http://evil.example:6335, 403",
    "EVIL.example,       Sec-Fetch-Site: same-origin,      403",
    "1.2.3.4.evil.net,   Origin: http://1.2.3.4.evil.net,  403",
    "not_a_name,         Sec-Fetch-Site: same-origin,      403",
    "evil.example:6335,  Accept: */*,                      200",
    "127.0.0.1:6335,     Origin: http://127.0.0.1:6335,    200",
    "10.1.2.3,           Sec-Fetch-Site: none,             200",
    "[::1]:6335,         Origin: http://[::1]:6335,        200",
    "localhost:6335,     Origin: http://localhost:6335,    200",
    "LocalHost.,         Sec-Fetch-Site: same-origin,      200",
  })
  void withoutKeysABrowserMayNameOnlyThisMember(String host, String more, int status)
      throws IOException {
    try (FakeLeader open = new FakeLeader(Keys.of(List.of()))) {
      String answer = sent(open.port(), host, more);
      assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
      assertEquals(status == 403, answer.contains("has no keys"), answer);
    }
  }

  @Test
  void whatTheConfigurationNamesIsThisMember() throws IOException {
    HostNames names = new HostNames("Here.example", () -> List.of("c1.Svc", "c2.svc"));
    for (String known : List.of("here.example:1", "C1.svc", "c2.svc.:6335")) {
      assertTrue(names.knows(known), known);
    }
    assertTrue(names.knows(InetAddress.getLocalHost().getHostName()));
    for (String other : new String[] {"c3.svc", "here.example.net", "", ":1", "a b", null}) {
      assertFalse(names.knows(other), other);
    }
  }

  @Test
  void withKeysEveryNameWillDo() throws IOException {
    String key = "Origin: http://any.example\r\nAuthorization: Bearer admin";
    String answer = sent(members.followerPort(), "any.example", key);
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  @Test
  void withoutKeysItIsTheSame() throws Exception {
    try (FakeLeader open = new FakeLeader(Keys.of(List.of()))) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + open.port() + "/cluster/ids"))
              .header("Origin", "http://evil.example")
              .POST(BodyPublishers.noBody())
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertEquals(403, answer.statusCode(), answer.body());
    }
  }
}
