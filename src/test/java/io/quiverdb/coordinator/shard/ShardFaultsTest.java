// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a shard does instead of answering is told for what it is, and in time. */
class ShardFaultsTest {
  private static final String PROBLEM = "application/problem+json";
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = FaultyShard.LONG;
  private static final Fence OPEN = FaultyShard.OPEN;

  private FaultyShard shard;
  private FaultServer server;

  @BeforeEach
  void listen() throws IOException {
    shard = new FaultyShard();
    server = shard.server();
  }

  @AfterEach
  void close() throws IOException {
    shard.close();
  }

  private ShardApi shards(Duration limit, Fence fence) {
    return shard.client(limit, fence);
  }

  private ShardException failure(String call, Duration limit) {
    return assertThrows(
        ShardException.class,
        () -> ShardCalls.ALL.get(call).to(shards(limit, OPEN), server.url()),
        () -> call + " succeeded");
  }

  private void everyCallFails(Kind kind, Duration limit) {
    for (String call : ShardCalls.ALL.keySet()) {
      assertEquals(kind, failure(call, limit).kind(), call);
    }
    assertFalse(healthy());
  }

  private boolean healthy() {
    try {
      return shards(SHORT, OPEN).healthy(server.url());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eachStatusSaysWhatItMeans() {
    Map<Integer, Kind> kinds =
        Map.ofEntries(
            Map.entry(400, Kind.REFUSED),
            Map.entry(401, Kind.FORBIDDEN),
            Map.entry(403, Kind.FORBIDDEN),
            Map.entry(404, Kind.NO_COLLECTION),
            Map.entry(409, Kind.EXISTS),
            Map.entry(413, Kind.REFUSED),
            Map.entry(421, Kind.RAFT_FOLLOWER),
            Map.entry(422, Kind.REFUSED),
            Map.entry(429, Kind.BUSY),
            Map.entry(502, Kind.UNAVAILABLE),
            Map.entry(503, Kind.UNAVAILABLE),
            Map.entry(504, Kind.TIMED_OUT),
            Map.entry(500, Kind.BROKEN),
            Map.entry(501, Kind.BROKEN),
            Map.entry(302, Kind.BROKEN));
    kinds.forEach(
        (status, kind) -> {
          server.befalls(
              FaultServer.answering(
                  status, PROBLEM, "{\"status\":" + status + ",\"detail\":\"because\\n of x\"}"));
          for (String call : ShardCalls.ALL.keySet()) {
            if (call.equals("role") && (status == 403 || status == 421)) {
              continue;
            }
            ShardException failure = failure(call, LONG);
            assertEquals(kind, failure.kind(), call + " " + status);
            String told = String.valueOf(failure.getMessage());
            assertTrue(told.startsWith(server.url() + ": "), told);
            assertTrue(told.endsWith(" answered " + status + ": because of x"), told);
          }
          assertFalse(healthy());
        });
  }

  @Test
  void whatAShardCannotReadItSaysInPlainText() {
    server.befalls(FaultServer.answering(422, "text/plain", "the body has another shape"));
    assertTrue(failure("upsert", LONG).getMessage().endsWith(": the body has another shape"));
  }

  @Test
  void onlyAnEmptyNotFoundIsAnAbsentPoint() throws Exception {
    server.befalls(FaultServer.answering(404, "x/y", ""));
    assertEquals(Optional.empty(), shards(LONG, OPEN).point(server.url(), "c", "a"));
    for (String call : ShardCalls.ALL.keySet()) {
      if (!call.equals("point")) {
        assertEquals(Kind.BROKEN, failure(call, LONG).kind(), call);
      }
    }
    server.befalls(FaultServer.answering(404, "text/html", "not found"));
    assertEquals(Kind.BROKEN, failure("point", LONG).kind());
    server.befalls(FaultServer.answering(404, "application/json", "{}"));
    assertEquals(Kind.BROKEN, failure("point", LONG).kind());
    server.befalls(FaultServer.answering(404, PROBLEM, "{\"status\":404}"));
    assertEquals(Kind.NO_COLLECTION, failure("point", LONG).kind());
    server.befalls(FaultServer.answering(204, "x/y", ""));
    assertEquals(Kind.BROKEN, failure("point", LONG).kind());
  }

  @Test
  void aNotFoundThatLostItsBodyIsNoAbsentPoint() {
    server.befalls(call -> call.send("HTTP/1.1 404 X\r\nContent-Type: " + PROBLEM + "\r\n\r\n"));
    assertEquals(Kind.BROKEN, failure("point", LONG).kind());
    server.befalls(call -> call.send("HTTP/1.1 404 X\r\nContent-Length: 9\r\n\r\n"));
    assertEquals(Kind.BROKEN, failure("point", LONG).kind());
  }

  @Test
  void anotherPointIsNoAnswer() {
    server.befalls(FaultServer.answering("{\"id\":\"b\",\"vector\":[1]}"));
    assertEquals(Kind.BROKEN, failure("point", LONG).kind());
  }

  @Test
  void whatCannotBeReadIsNoAnswer() {
    for (String body :
        List.of(
            "",
            "{}",
            "[",
            "null",
            "[{}]",
            "<html>",
            "{\"points\":[{}]}",
            "{\"points\":[]}]",
            "{\"upserted\":0,\"deleted\":-1,\"existed\":0,\"name\":\"d\"}",
            "{\"upserted\":2,\"deleted\":0.5,\"matches\":[{\"id\":1}]}")) {
      server.befalls(FaultServer.answering(body));
      for (String call : ShardCalls.ALL.keySet()) {
        assertEquals(Kind.BROKEN, failure(call, LONG).kind(), call + " " + body);
      }
    }
  }

  @Test
  void halfAnAnswerIsNone() {
    server.befalls(
        call ->
            call.send(
                "HTTP/1.1 200 X\r\nContent-Length: 30\r\n\r\n{\"points\":[],\"upserted\":1,"));
    everyCallFails(Kind.BROKEN, LONG);
    server.befalls(call -> call.send("HTTP/1.1 200 X\r\n\r\n{\"points\":[{\"id\":\"a\""));
    assertEquals(Kind.BROKEN, failure("fetch", LONG).kind());
    server.befalls(call -> call.send("HTT"));
    assertEquals(Kind.BROKEN, failure("upsert", LONG).kind());
    server.befalls(call -> call.send("220 smtp.example.org ESMTP\r\n\r\n"));
    assertEquals(Kind.BROKEN, failure("upsert", LONG).kind());
    server.befalls(call -> call.send("HTTP/1.1 200 X\r\nContent-Length: many\r\n\r\n{}"));
    assertEquals(Kind.BROKEN, failure("upsert", LONG).kind());
  }

  @Test
  void theTimeOutCoversTheBody() {
    AtomicInteger ended = new AtomicInteger();
    server.befalls(
        call -> {
          try {
            call.send("HTTP/1.1 200 X\r\nContent-Length: 30\r\n\r\n{\"points\":[");
            call.awaitEnd();
          } finally {
            ended.incrementAndGet();
          }
        });
    everyCallFails(Kind.TIMED_OUT, SHORT);
    // One whose head did not arrive in time on a busy machine was never in the hands of the server.
    await().until(() -> ended.get() > 0 && ended.get() == server.heads().size());
  }

  @Test
  void noAnswerMeansTimedOut() {
    server.befalls(FaultServer.Call::awaitEnd);
    ShardException failure = failure("upsert", SHORT);
    assertEquals(Kind.TIMED_OUT, failure.kind());
    assertTrue(failure.mayTakeEffect());
  }

  @Test
  void aBodyThatDripsIsCutOff() {
    AtomicInteger sent = new AtomicInteger();
    server.befalls(
        call -> {
          call.send("HTTP/1.1 200 X\r\nContent-Length: 1000000\r\n\r\n");
          call.socket().setSoTimeout(10);
          while (true) {
            call.send(" ");
            sent.incrementAndGet();
            try {
              call.socket().getInputStream().read();
            } catch (SocketTimeoutException e) {
              continue;
            }
          }
        });
    assertEquals(Kind.TIMED_OUT, failure("fetch", Duration.ofSeconds(2)).kind());
    assertTrue(sent.get() > 1, "it dripped");
  }

  @Test
  void nobodyThereMeansNeverSent() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    for (ShardCalls.Call call : ShardCalls.ALL.values()) {
      ShardException failure =
          assertThrows(
              ShardException.class, () -> call.to(shards(LONG, OPEN), "http://127.0.0.1:" + port));
      assertEquals(Kind.NEVER_SENT, failure.kind());
      assertFalse(failure.mayTakeEffect());
    }
  }

  @Test
  void aPageThatIsTooLargeIsRefusedUnread() {
    server.befalls(call -> call.send("HTTP/1.1 200 X\r\nContent-Length: 90000000\r\n\r\n{"));
    ShardException failure = failure("fetch", LONG);
    assertEquals(Kind.REFUSED, failure.kind());
    assertTrue(failure.getMessage().contains("larger than"), failure.getMessage());
    for (String call : ShardCalls.CHANGES) {
      assertTrue(failure(call, LONG).mayTakeEffect(), call);
    }
  }

  @Test
  void aSearchWaitsForAsLongAsItMay() throws Exception {
    CountDownLatch built = new CountDownLatch(1);
    server.befalls(
        call -> {
          built.await();
          call.send(FaultServer.reply("{\"matches\":[{\"id\":\"x\",\"score\":1}]}"));
        });
    AtomicReference<Object> found = new AtomicReference<>();
    Thread searcher =
        new Thread(
            () -> {
              try {
                found.set(
                    shards(SHORT, OPEN)
                        .search(server.url(), "c", ShardCalls.row("a"), 1, Duration.ofHours(3)));
              } catch (Exception e) {
                found.set(e);
              }
            });
    searcher.start();
    await().pollDelay(SHORT.multipliedBy(2)).until(searcher::isAlive);
    built.countDown();
    searcher.join();
    assertEquals(List.of("x"), found.get());
  }

  @Test
  void anInterruptedCallClosesItsConnection() throws Exception {
    AtomicInteger ended = new AtomicInteger();
    server.befalls(
        call -> {
          call.readBody();
          call.awaitEnd();
          ended.incrementAndGet();
        });
    Map<String, ShardCalls.Call> calls = new LinkedHashMap<>(ShardCalls.ALL);
    calls.put(
        "search",
        (shards, url) -> shards.search(url, "c", ShardCalls.row("a"), 1, Duration.ofHours(3)));
    calls.put("healthy", ShardApi::healthy);
    int interrupted = 0;
    for (ShardCalls.Call call : calls.values()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread caller =
          new Thread(
              () ->
                  thrown.set(
                      assertThrows(
                          Throwable.class, () -> call.to(shards(LONG, OPEN), server.url()))));
      caller.start();
      int expected = ++interrupted;
      await().until(() -> server.heads().size() == expected);
      caller.interrupt();
      caller.join();
      assertInstanceOf(InterruptedException.class, thrown.get());
      await().until(() -> ended.get() == expected);
    }
  }

  @Test
  void aLargeBodyArrivesWhole() throws Exception {
    AtomicInteger missing = new AtomicInteger(-1);
    server.befalls(
        call -> {
          missing.set(call.bodyLength() - call.readBody());
          call.send(FaultServer.reply("{\"upserted\":8}"));
        });
    List<Row> rows = Collections.nCopies(8, ShardCalls.row("x".repeat(1 << 20)));
    shards(LONG, OPEN).upsert(server.url(), "c", rows, Way.POINTS);
    assertEquals(0, missing.get());
  }
}
