// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the pages are served, and that other clients see no difference. */
class ConsoleTest extends OnFakeMembers {
  private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

  @Test
  void thePageNeedsNoKeyAndMayLoadFromThisMemberOnly() {
    for (FakeMembers.Call call :
        new FakeMembers.Call[] {members.leader("GET /console"), members.follower("GET /console")}) {
      FakeMembers.Answer page = call.key("").wants(200);
      assertEquals("text/html;charset=utf-8", page.header("Content-Type"));
      String policy = page.header("Content-Security-Policy");
      assertTrue(policy.startsWith("default-src 'self';"), policy);
      assertTrue(policy.contains("frame-ancestors 'none'"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("nosniff", page.header("X-Content-Type-Options"));
      assertEquals("DENY", page.header("X-Frame-Options"));
      assertEquals("no-referrer", page.header("Referrer-Policy"));
      assertEquals("same-origin", page.header("Cross-Origin-Resource-Policy"));
      assertEquals("key", page.header("X-Quiver-Auth"));
      assertTrue(page.text().contains("console/app.js"), page.text());
    }
  }

  @Test
  void aBrowserAsksAgainButGetsItOnceOnly() {
    for (String path : new String[] {"/console", "/console/app.js", "/console/style.css"}) {
      String tag = members.leader("GET " + path).key("").wants(200).header("ETag");
      FakeMembers.Answer same =
          members.leader("GET " + path).key("").header("If-None-Match", tag).wants(304);
      assertEquals("", same.text());
      assertEquals(tag, same.header("ETag"));
      assertEquals("no-cache", same.header("Cache-Control"));
      assertTrue(same.header("Content-Security-Policy").startsWith("default-src 'self'"));
      members.leader("GET " + path).key("").header("If-None-Match", "\"other\"").wants(200);
    }
  }

  @Test
  void whoAcceptsPackedAnswersGetsThemToo() {
    for (String path :
        new String[] {"/console/style.css", "/console/app.js", "/cluster/health/report"}) {
      FakeMembers.Answer plain = members.leader("GET " + path).wants(200);
      FakeMembers.Answer packed =
          members.leader("GET " + path).header("Accept-Encoding", "gzip, deflate, br").wants(200);
      assertTrue(plain.text().length() > 1_500, "short answers are never packed");
      assertEquals(plain.text(), packed.text());
    }
  }

  @Test
  void headAnswersAsGetWithoutABody() {
    FakeMembers.Answer head = members.leader("HEAD /console/app.js").key("").wants(200);
    FakeMembers.Answer get = members.leader("GET /console/app.js").key("").wants(200);
    assertEquals("", head.text());
    assertEquals(get.header("ETag"), head.header("ETag"));
    assertEquals(get.header("Content-Length"), head.header("Content-Length"));
  }

  @Test
  void onlyABrowserIsLedToIt() {
    FakeMembers.Answer led = members.leader("GET /").key("").header("Accept", BROWSER).wants(302);
    assertEquals("console", led.header("Location"));
    FakeMembers.Answer slash =
        members.leader("GET /console/").key("").header("Accept", BROWSER).wants(302);
    assertEquals("../console", slash.header("Location"));
    members.leader("GET /").key("").wants(401);
    members.leader("GET /").key("").header("Accept", "*/*").wants(401);
    members.leader("GET /").header("Accept", "application/json").wants(404);
    members.leader("POST /").header("Accept", BROWSER).wants(404);
    members.leader("GET /cluster/map").key("").header("Accept", BROWSER).wants(401);
  }

  @Test
  void aFileThatIsNoneOfThePagesIsNot() {
    members.leader("GET /console/no.js").key("").wants(401);
    members.leader("GET /console/no.js").wants(404);
    members.leader("GET /console/Asset.class").wants(404);
    members.leader("GET /console/").key("").wants(401);
    members.leader("POST /console").wants(405);
    members.leader("DELETE /console/app.js").wants(405);
    members.leader("GET /console?key=secret").key("").wants(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/../cluster/status",
        "/console/%2e%2e/cluster/status",
        "/console/..%2fcluster%2fstatus",
        "/console/app.js/../../cluster/status",
        "/console/..;/cluster/status",
        "/console/app.js;/../../cluster/status",
        "//console/../cluster/status",
        "/console/./../cluster/status",
        "/console/..%5c..%5cAsset.class",
        "/console/../Asset.class",
        "/console/%2e%2e/ApiServer.class",
        "/console/app.js%00",
      })
  void noPathLeadsOutOfThem(String path) throws IOException {
    String answer = raw(path);
    assertTrue(answer.matches("(?s)HTTP/1.1 4(00|01|04) .*"), answer);
    assertFalse(answer.contains("\"members\""), answer);
  }

  /** As it is written: a client would tidy it up. */
  private String raw(String path) throws IOException {
    URI leader = URI.create("http://127.0.0.1:" + members.followerPort());
    try (Socket socket = new Socket(leader.getHost(), leader.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theSettingsSayWhoAsksAndHoldNoSecret() {
    FakeMembers.Answer own = members.leader("GET /cluster/settings").key("read").wants(200);
    assertEquals("eyes", own.json().path("caller").path("key_id").asText());
    assertEquals("read", own.json().path("caller").path("role").asText());
    assertTrue(own.json().path("keys").isNull(), own.text());
    assertEquals("READ", own.json().path("configuration").path("for").asText());
    FakeMembers.Answer all = members.leader("GET /cluster/settings").wants(200);
    assertEquals(3, all.json().path("keys").size());
    assertEquals("ADMIN", all.json().path("configuration").path("for").asText());
    assertFalse(own.json().path("insecure").asBoolean());
    assertEquals("cluster", own.json().path("cluster_id").asText());
    assertEquals("admin", role("admin"));
    assertEquals("write", role("write"));
    members.leader("GET /cluster/settings").key("").wants(401);
    members.follower("GET /cluster/settings").wants(200);
  }

  private String role(String key) {
    return members
        .leader("GET /cluster/settings")
        .key(key)
        .wants(200)
        .json()
        .at("/caller/role")
        .asText();
  }
}
