// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.OtherMemberException;
import io.quiverdb.coordinator.consensus.StubReport;
import io.quiverdb.coordinator.http.BoundedHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which process answers at a member's address: that member of that ensemble, or another one. */
class HttpPeersTest {
  private static final MemberReport REPORT =
      StubReport.of("c2")
          .ensemble("east")
          .unreachable(Map.of("c1", "Connection refused"))
          .noVote("nobody knows it")
          .build();

  private final BoundedHttp http = new BoundedHttp("test", Duration.ofSeconds(5), 10);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        HttpPeers.PATH,
        exchange -> {
          byte[] body = MemberReportJson.toBytes(REPORT);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
    http.close();
  }

  private MemberReport ask(String ensemble, String id) throws Exception {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new HttpPeers(http, ensemble, Introduction.NONE, Clock.systemUTC())
        .report(new Member(id, "127.0.0.1:1", base))
        .get(10, TimeUnit.SECONDS);
  }

  /** A busy machine may not answer within the second that there is for it. */
  private String refusal(String ensemble, String id) {
    Throwable failure =
        await()
            .until(
                () -> assertThrows(ExecutionException.class, () -> ask(ensemble, id)).getCause(),
                thrown -> !(thrown instanceof TimeoutException));
    return String.valueOf(assertInstanceOf(OtherMemberException.class, failure).getMessage());
  }

  @Test
  void theMemberItself() {
    await().ignoreExceptions().untilAsserted(() -> assertEquals(REPORT, ask("east", "c2")));
  }

  @Test
  void anotherMemberOfTheEnsemble() {
    String why = refusal("east", "c3");
    assertTrue(
        why.contains(" is not member c3 of ensemble east, but member c2 of ensemble east"), why);
    assertTrue(why.contains("Correct http of these members in ensemble.members"), why);
  }

  @Test
  void aMemberOfAnotherEnsemble() {
    String why = refusal("west", "c2");
    assertTrue(
        why.contains(" is not member c2 of ensemble west, but member c2 of ensemble east"), why);
    assertTrue(why.contains("ensemble.name"), why);
  }
}
