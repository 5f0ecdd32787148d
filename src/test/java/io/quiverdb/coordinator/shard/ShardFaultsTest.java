package io.quiverdb.coordinator.shard;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.NameLookups;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a shard does instead of answering is told for what it is, and in time. */
class ShardFaultsTest {
  private static final String PROBLEM = "application/problem+json";
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Fence OPEN = () -> System.nanoTime() + LONG.toNanos();
  private static final ShardCollection COLLECTION =
      new ShardCollection("c", 0, "ivf", false, Optional.empty(), "{\"dim\":1,\"name\":\"c\"}");

  private interface Call {
    void to(ShardApi shards, String url) throws ShardException, InterruptedException;
  }

  /** Every call that throws. */
  private static final Map<String, Call> CALLS = new LinkedHashMap<>();

  static {
    CALLS.put("collections", (shards, url) -> shards.collections(url));
    CALLS.put("create", (shards, url) -> shards.create(url, COLLECTION, Optional.empty()));
    CALLS.put("drop", (shards, url) -> shards.drop(url, "c"));
    CALLS.put("fetch", (shards, url) -> shards.fetch(url, "c", 0, 10));
    CALLS.put("fetchLimit", (shards, url) -> shards.fetchLimit(url, "c"));
    CALLS.put("point", (shards, url) -> shards.point(url, "c", "a"));
    CALLS.put("upsert", (shards, url) -> shards.upsert(url, "c", List.of(row("a")), Way.POINTS));
    CALLS.put("bulk", (shards, url) -> shards.upsert(url, "c", List.of(row("a")), Way.BULK));
    CALLS.put("delete", (shards, url) -> shards.delete(url, "c", List.of("a")));
    CALLS.put("search", (shards, url) -> shards.search(url, "c", row("a"), 1, SHORT));
    CALLS.put("role", (shards, url) -> shards.role(url));
  }

  private static final List<String> CHANGES = List.of("create", "drop", "upsert", "bulk", "delete");

  private final NameLookups names = new NameLookups();
  private final DirectHttp http = new DirectHttp(names, Duration.ofSeconds(2), 16);
  private FaultServer server;

  @BeforeEach
  void listen() throws IOException {
    server = new FaultServer(call -> {});
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    http.close();
    names.close();
  }

  private ShardApi shards(Duration limit, Fence fence) {
    return new HttpShardClient(http, Optional.empty(), limit, fence);
  }

  private static Row row(String payload) {
    String json = "{\"id\":\"a\",\"vector\":[1.0],\"payload\":\"" + payload + "\"}";
    try {
      return RowReader.point(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedAnswerException e) {
      throw new AssertionError(e);
    }
  }

  private ShardException failure(String call, Duration limit) {
    return assertThrows(
        ShardException.class,
        () -> CALLS.get(call).to(shards(limit, OPEN), server.url()),
        () -> call + " succeeded");
  }

  private void everyCallFails(Kind kind, Duration limit) {
    for (String call : CALLS.keySet()) {
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
          for (String call : CALLS.keySet()) {
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
    for (String call : CALLS.keySet()) {
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
      for (String call : CALLS.keySet()) {
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
    for (Call call : CALLS.values()) {
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
    for (String call : CHANGES) {
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
                        .search(server.url(), "c", row("a"), 1, Duration.ofHours(3)));
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
    Map<String, Call> calls = new LinkedHashMap<>(CALLS);
    calls.put("search", (shards, url) -> shards.search(url, "c", row("a"), 1, Duration.ofHours(3)));
    calls.put("healthy", ShardApi::healthy);
    int interrupted = 0;
    for (Call call : calls.values()) {
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
  void whoMayNotLeadSendsNothing() {
    Fence closed =
        () -> {
          throw new FencedException("deposed");
        };
    for (String call : CHANGES) {
      assertThrows(
          FencedException.class, () -> CALLS.get(call).to(shards(LONG, closed), server.url()));
    }
    assertEquals(0, server.connections());
  }

  /** The fence's own clock counts: it may know of time that this process did not see. */
  @Test
  void aChangeIsJudgedByTheClockOfItsFence() {
    Fence slept =
        new Fence() {
          @Override
          public long sendUntilNanos() {
            return OPEN.sendUntilNanos();
          }

          @Override
          public long nanos() {
            return System.nanoTime() + 2 * LONG.toNanos();
          }
        };
    assertThrows(
        FencedException.class, () -> CALLS.get("upsert").to(shards(LONG, slept), server.url()));
  }

  /** A stall between the question and the first byte is no loss of the leadership. */
  @Test
  void aFenceThatWasLateOnceIsAskedAgain() throws Exception {
    server.befalls(FaultServer.answering("{\"deleted\":1}"));
    AtomicInteger asked = new AtomicInteger();
    Fence late = () -> asked.incrementAndGet() < 3 ? System.nanoTime() : OPEN.sendUntilNanos();
    shards(LONG, late).delete(server.url(), "c", List.of("a"));
    assertEquals(3, asked.get());
    assertEquals(1, server.heads().size());
  }

  /** Between the question and the sending lies at least a connection that has to be made. */
  @Test
  void aChangeIsStoppedWhenTheMomentPassedBeforeItsHeaders() {
    for (String call : CHANGES) {
      assertThrows(
          FencedException.class,
          () -> CALLS.get(call).to(shards(LONG, System::nanoTime), server.url()),
          call);
    }
    await("the last check comes after connecting").until(() -> server.connections() > 0);
    assertEquals(List.of(), server.heads());
  }

  @Test
  void whatOnlyReadsIsNotFenced() {
    server.befalls(FaultServer.answering("{\"points\":[],\"matches\":[],\"deleted\":0}"));
    Fence closed =
        () -> {
          throw new FencedException("deposed");
        };
    for (String call : List.of("fetch", "fetchLimit", "search", "role")) {
      try {
        CALLS.get(call).to(shards(LONG, closed), server.url());
      } catch (ShardException | InterruptedException e) {
        throw new AssertionError(call, e);
      }
    }
  }

  @Test
  void aChangeIsCutShortWhenTheMomentPassesInTheMiddle() throws Exception {
    // Runs from the first question on, which comes when the body is ready to be sent.
    AtomicLong until = new AtomicLong();
    Fence fence =
        () -> until.updateAndGet(set -> set != 0 ? set : System.nanoTime() + 1_000_000_000);
    AtomicInteger expected = new AtomicInteger();
    AtomicInteger arrived = new AtomicInteger(-1);
    server.befalls(
        call -> {
          expected.set(call.bodyLength());
          await().until(() -> System.nanoTime() - until.get() > 0);
          arrived.set(call.readBody());
          call.send(FaultServer.reply("{\"upserted\":32}"));
        });
    List<Row> rows = Collections.nCopies(32, row("x".repeat(1 << 20)));
    ShardException failure =
        assertThrows(
            ShardException.class,
            () -> shards(LONG, fence).upsert(server.url(), "c", rows, Way.POINTS));
    assertEquals(Kind.TIMED_OUT, failure.kind());
    assertTrue(failure.mayTakeEffect());
    await().until(() -> arrived.get() >= 0);
    assertTrue(arrived.get() < expected.get(), arrived + " of " + expected + " bytes");
  }

  @Test
  void aLargeBodyArrivesWhole() throws Exception {
    AtomicInteger missing = new AtomicInteger(-1);
    server.befalls(
        call -> {
          missing.set(call.bodyLength() - call.readBody());
          call.send(FaultServer.reply("{\"upserted\":8}"));
        });
    List<Row> rows = Collections.nCopies(8, row("x".repeat(1 << 20)));
    shards(LONG, OPEN).upsert(server.url(), "c", rows, Way.POINTS);
    assertEquals(0, missing.get());
  }
}
