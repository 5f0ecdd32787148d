// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader that may no longer lead changes nothing: each change is checked against its fence. */
class FencedChangesTest {
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

  @Test
  void whoMayNotLeadSendsNothing() {
    Fence closed =
        () -> {
          throw new FencedException("deposed");
        };
    for (String call : ShardCalls.CHANGES) {
      assertThrows(
          FencedException.class,
          () -> ShardCalls.ALL.get(call).to(shards(LONG, closed), server.url()));
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
        FencedException.class,
        () -> ShardCalls.ALL.get("upsert").to(shards(LONG, slept), server.url()));
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
    for (String call : ShardCalls.CHANGES) {
      assertThrows(
          FencedException.class,
          () -> ShardCalls.ALL.get(call).to(shards(LONG, System::nanoTime), server.url()),
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
        ShardCalls.ALL.get(call).to(shards(LONG, closed), server.url());
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
    List<Row> rows = Collections.nCopies(32, ShardCalls.row("x".repeat(1 << 20)));
    ShardException failure =
        assertThrows(
            ShardException.class,
            () -> shards(LONG, fence).upsert(server.url(), "c", rows, Way.POINTS));
    assertEquals(Kind.TIMED_OUT, failure.kind());
    assertTrue(failure.mayTakeEffect());
    await().until(() -> arrived.get() >= 0);
    assertTrue(arrived.get() < expected.get(), arrived + " of " + expected + " bytes");
  }
}
