// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.FakeClock;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.ReadUnavailableException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("realtime")
class LinearizableReadsTest {
  private final FakeClock machine = new FakeClock();
  private final FakeLog log = new FakeLog();
  private final LinearizableReads reads =
      new LinearizableReads(
          settings(), new StatePublisher(Runnable::run), machine.proofs(), () -> log);

  @AfterEach
  void end() {
    reads.close();
  }

  @Test
  void aProofIsAsOldAsTheMomentWhenItWasSent() {
    CompletableFuture<AppliedState> read = reads.linearizable();
    machine.pass(Duration.ofMillis(300));
    assertEquals(Optional.empty(), reads.staleness());
    log.sent.remove().complete(success());
    assertTrue(read.isDone());
    assertEquals(Optional.of(Duration.ofMillis(300)), reads.staleness());
  }

  /** A machine that slept: its monotonic clock did not see it. */
  @Test
  void aProofGrowsOldByTheWallClockToo() {
    var unused = reads.linearizable();
    log.sent.remove().complete(success());
    machine.step(Duration.ofHours(1));
    assertEquals(Optional.of(Duration.ofHours(1)), reads.staleness());
    machine.step(Duration.ofHours(-2));
    assertEquals(Optional.of(Duration.ofHours(1)), reads.staleness(), "nothing makes it younger");
  }

  @Test
  void anEarlierProofThatComesLateReplacesNoLaterOne() {
    var early = reads.linearizable();
    machine.pass(Duration.ofMillis(100));
    var late = reads.linearizable();
    CompletableFuture<RaftClientReply> first = log.sent.remove();
    log.sent.remove().complete(success());
    first.complete(success());
    assertTrue(early.isDone() && late.isDone());
    assertEquals(Optional.of(Duration.ZERO), reads.staleness());
  }

  @Test
  void nothingIsReadWhileLeadershipChanges() {
    log.term = OptionalLong.empty();
    refused(reads.linearizable());
    assertEquals(0, log.sent.size());
  }

  /** In between, this member may have become a leader that was not ready for it. */
  @Test
  void aReadThatSpansTwoTermsProvesNothing() {
    CompletableFuture<AppliedState> read = reads.linearizable();
    log.term = OptionalLong.of(6);
    log.sent.remove().complete(success());
    refused(read);
    assertEquals(Optional.empty(), reads.staleness());
  }

  @Test
  void aLeaderThatCouldNotBeReachedIsAskedAgainOverANewConnection() {
    CompletableFuture<AppliedState> read = reads.linearizable();
    log.sent.remove().completeExceptionally(Status.UNAVAILABLE.asRuntimeException());
    assertEquals(List.of("c2"), List.copyOf(log.reconnected));
    log.sent.remove().complete(success());
    assertTrue(read.isDone());
  }

  @Test
  void aProbeThatWasRefusedIsSentAgainSoon() {
    reads.refresh();
    log.sent.remove().completeExceptionally(Status.ABORTED.asRuntimeException());
    await().atMost(TestEnsemble.PATIENCE).until(() -> log.sent.size() == 1);
    log.sent.remove().complete(success());
    assertTrue(reads.staleness().isPresent());
  }

  private static void refused(CompletableFuture<AppliedState> read) {
    assertTrue(read.isDone());
    CompletionException failure = assertThrows(CompletionException.class, read::join);
    assertInstanceOf(ReadUnavailableException.class, failure.getCause());
  }

  private static RaftClientReply success() {
    return RaftClientReply.newBuilder()
        .setClientId(ClientId.randomId())
        .setServerId(RaftPeerId.valueOf("c1"))
        .setGroupId(RaftGroupId.randomId())
        .setSuccess()
        .build();
  }

  static RatisSettings settings() {
    return RatisSettings.production(
        "c1",
        "reads",
        List.of(new Member("c1", "127.0.0.1:1", URI.create("http://127.0.0.1:2"))),
        Path.of("unused"),
        "127.0.0.1",
        1,
        RatisSettings.Timing.LAN,
        RatisSettings.DEFAULT_FRESHNESS_INTERVAL,
        false);
  }

  private static final class FakeLog implements LinearizableReads.Log {
    private final Deque<CompletableFuture<RaftClientReply>> sent = new ConcurrentLinkedDeque<>();
    private final Deque<String> reconnected = new ArrayDeque<>();
    private volatile OptionalLong term = OptionalLong.of(5);

    @Override
    public OptionalLong steadyTerm() {
      return term;
    }

    @Override
    public CompletableFuture<RaftClientReply> read() {
      CompletableFuture<RaftClientReply> reply = new CompletableFuture<>();
      sent.add(reply);
      return reply;
    }

    @Override
    public Optional<String> leaderId() {
      return Optional.of("c2");
    }

    @Override
    public CompletableFuture<Void> reconnect(String memberId) {
      reconnected.add(memberId);
      return CompletableFuture.completedFuture(null);
    }
  }
}
