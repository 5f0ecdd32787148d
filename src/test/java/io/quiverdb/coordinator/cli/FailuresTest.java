// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Refusals, members that are away, and what must never be printed. */
class FailuresTest {
  private static final String PROMOTE = "POST /cluster/shards/4/promote";
  private static final String MAP = "{\"version\":6,\"shards\":[]}";

  @AutoClose private final StubMember first = new StubMember();
  @AutoClose private final StubMember second = new StubMember();

  @Test
  void aRefusalIsPrintedByTitleAndDetail() {
    first.problem(PROMOTE, 400, "Bad Request", "shard 4 is not joining");
    Typed typed = promote(new Shell().at(first, second));
    assertEquals(new Typed(1, "", "error: Bad Request: shard 4 is not joining\n"), typed);
    assertEquals(0, second.asked().size(), "a final answer is not asked for twice");
  }

  @Test
  void whatToDoNextIsSaid() {
    first.problem(PROMOTE, 401, "Unauthorized", "no API key");
    assertTrue(promote(new Shell().at(first)).err().contains("\n  Give a key"));
    first.problem(PROMOTE, 403, "Forbidden", "the role read may not");
    assertTrue(promote(new Shell().at(first)).err().contains("\n  This takes a key with the role"));
    first.problem(PROMOTE, 412, "Precondition Failed", "the map is at version 6");
    assertTrue(promote(new Shell().at(first)).err().contains("\n  Look at the map again"));
    first.on(
        PROMOTE,
        exchange -> {
          exchange.getResponseHeaders().add("Retry-After", "2");
          StubMember.text(exchange, 503, "{\"title\":\"No leader\",\"detail\":\"election\"}");
        });
    assertTrue(promote(new Shell().at(first)).err().contains("repeat it after 2 s."));
  }

  @Test
  void aRedirectIsNamedAndNotFollowed() {
    first.on(
        PROMOTE,
        exchange -> {
          exchange.getResponseHeaders().add("Location", second.url() + "/elsewhere");
          StubMember.text(exchange, 301, "");
        });
    String told = promote(new Shell().at(first)).err();
    assertTrue(
        told.startsWith(
            "error: HTTP 301: " + first.url() + " redirects to " + second.url() + "/elsewhere\n"),
        told);
    assertTrue(told.contains("as --endpoint"), told);
    assertEquals(0, second.asked().size());
  }

  @Test
  void aProxyThatTheJvmWasToldOfIsNamed() {
    ProxySelector before = ProxySelector.getDefault();
    ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("127.0.0.1", 1)));
    try {
      String told = promote(new Shell().at(first)).err();
      assertTrue(told.contains("through the proxy") && told.contains("127.0.0.1:1"), told);
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void anAnswerThatIsNoProblemIsShownAsItIs() {
    first.on(PROMOTE, 500, "<html>\u001b[31moops</html>");
    assertEquals("error: HTTP 500: <html>?[31moops</html>\n", promote(new Shell().at(first)).err());
    first.on(PROMOTE, 418, "");
    assertEquals("error: HTTP 418: no problem document\n", promote(new Shell().at(first)).err());
  }

  @Test
  void aSuccessThatIsNoJsonIsAFailure() {
    first.on(PROMOTE, 200, "welcome");
    Typed typed = promote(new Shell().at(first));
    assertEquals(1, typed.code());
    assertTrue(typed.err().startsWith("error: Unexpected answer: " + first.url()), typed.err());
  }

  @Test
  void theNextMemberIsAskedWithTheSameKey() {
    for (int status : new int[] {502, 503, 504}) {
      first.problem(PROMOTE, status, "Later", "no leader");
      second.on(PROMOTE, 200, MAP);
      assertEquals(0, promote(new Shell().at(first, second)).code());
      String key = last(first).header("Idempotency-key");
      assertFalse(key.isEmpty());
      assertEquals(key, last(second).header("Idempotency-key"));
    }
  }

  @Test
  void aMemberThatIsDownIsPassedOver() {
    second.on(PROMOTE, 200, MAP);
    Shell shell = new Shell().at(first, second);
    first.close();
    assertEquals(0, promote(shell).code());
  }

  @Test
  void everyMemberThatIsDownIsNamedWithTheReason() {
    Shell shell = new Shell().at(first, second);
    first.close();
    second.close();
    Typed typed = promote(shell);
    assertEquals(1, typed.code());
    assertEquals(
        "error: Unreachable: %s: connection refused; %s: connection refused\n"
                .formatted(first.url(), second.url())
            + "  Check that the members run, and --endpoint or QUIVER_COORDINATOR_URL.\n",
        typed.err());
  }

  @Test
  void anUnknownOutcomeIsSaidWithTheKeyToRepeatItBy() {
    first.problem(PROMOTE, 504, "Outcome unknown", "it may still commit");
    second.problem(PROMOTE, 503, "No leader", "election");
    Typed typed = promote(new Shell().at(first, second));
    assertEquals(1, typed.code());
    String key = last(first).header("Idempotency-key");
    assertTrue(
        typed.err().contains("The attempt at " + first.url() + " may have taken effect"),
        typed.err());
    assertTrue(typed.err().contains("--idempotency-key " + key + ":"), typed.err());
    assertTrue(typed.err().contains("A majority of the members must be up"), typed.err());
  }

  @Test
  void aConnectionThatIsLostLeavesTheOutcomeUnknown() {
    first.on(PROMOTE, com.sun.net.httpserver.HttpExchange::close);
    Typed typed = promote(new Shell().at(first));
    assertTrue(typed.err().contains(first.url() + ": the connection was lost"), typed.err());
    assertTrue(typed.err().contains("may have taken effect"), typed.err());
  }

  @Test
  void theTimeOutCoversTheBody() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    first.on(
        "GET /cluster/map?consistency=local",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          try {
            done.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    long start = System.nanoTime();
    Typed typed = new Shell().at(first).type("map", "--timeout", "300ms");
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    done.countDown();
    assertTrue(typed.err().contains("no answer within 300 ms"), typed.err());
    assertTrue(took < 15_000, "took " + took + " ms");
  }

  @Test
  void theKeyIsSentAndNeverPrinted() {
    first.problem(PROMOTE, 401, "Unauthorized", "wrong API key");
    for (Typed typed :
        new Typed[] {
          promote(new Shell().at(first).with("QUIVER_API_KEY", "hunter2")),
          new Shell().at(first).type("--api-key", "hunter2", "shards", "promote", "4"),
        }) {
      assertEquals("Bearer hunter2", last(first).header("Authorization"));
      assertFalse(typed.err().contains("hunter2"), typed.err());
    }
    for (String[] words :
        new String[][] {
          {"--api-kye=hunter2", "status"},
          {"--api-kye", "hunter2", "status"},
          {"status", "--api-key", "hunter2\n"},
          {"status", "--endpoint", "http://me:hunter2@127.0.0.1:1"},
          {"status", "--endpoint", "http://me:a/hunter2@127.0.0.1:1"},
          {"status", "--endpoint", "me:hunter2@127.0.0.1:1"},
        }) {
      Typed typed = new Shell().at(first).type(words);
      assertEquals(2, typed.code());
      assertFalse((typed.out() + typed.err()).contains("hunter2"), typed.err());
    }
  }

  @Test
  void wrongUsageIsCodeTwo() {
    for (String[] words :
        new String[][] {
          {},
          {"shard"},
          {"shards", "ad"},
          {"shards", "remove", "x", "--yes"},
          {"shards", "remove", "18446744073709551616", "--yes"},
          {"shards", "add"},
          {"status", "-o", "xml"},
          {"status", "--timeout", "soon"},
          {"status", "--endpoint", "c1:6335"},
          {"history", "--since", "-1"},
          {"dev", "--nodes", "0"},
        }) {
      Typed typed = new Shell().at(first).type(words);
      assertEquals(2, typed.code(), String.join(" ", words) + ": " + typed.err());
      assertEquals("", typed.out());
      assertTrue(typed.err().startsWith("error: Usage: "), typed.err());
    }
    assertEquals(0, first.asked().size());
  }

  @Test
  void whatTakesAwayIsAskedForFirst() {
    first.on("DELETE /cluster/shards/3/replicas?url=http%3A%2F%2Fn", 200, MAP);
    String[] remove = {"shards", "replica", "remove", "3", "http://n"};
    Typed nobody = new Shell().at(first).type(remove);
    assertEquals(1, nobody.code());
    assertTrue(nobody.err().contains("Repeat the command with --yes."), nobody.err());
    assertEquals(1, new Shell().at(first).answering("n\n").type(remove).code());
    assertEquals(1, new Shell().at(first).answering("").type(remove).code());
    assertEquals(0, first.asked().size());
    assertEquals(0, new Shell().at(first).answering("y\n").type(remove).code());
    assertEquals(1, first.asked().size());
  }

  private static Typed promote(Shell shell) {
    return shell.type("shards", "promote", "4");
  }

  private static StubMember.Asked last(StubMember member) {
    return member.asked().get(member.asked().size() - 1);
  }
}
