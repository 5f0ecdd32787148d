// SPDX-License-Identifier: Apache-2.0
package org.apache.ratis.server.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.ReadIndexException;
import org.apache.ratis.server.leader.LogAppender;
import org.junit.jupiter.api.Test;

/** A leader and the followers b and c; one of them is a majority with the leader. */
class ReadIndexHeartbeatsTest {
  private static final long INDEX = 17;

  private final ReadIndexHeartbeats heartbeats = new ReadIndexHeartbeats();
  private final Sender b = new Sender("b");
  private final Sender c = new Sender("c");
  private List<String> voters = List.of("b", "c");

  @Test
  void aReadIsConfirmedByAnAnswerToWhatWasSentAfterItBegan() {
    CompletableFuture<Long> read = read();
    assertFalse(read.isDone());
    answer(b, b.send());
    assertEquals(INDEX, read.join());
  }

  @Test
  void whatWasSentBeforeConfirmsNothingHoweverLateItsAnswerComes() {
    long before = b.send();
    CompletableFuture<Long> read = read();
    answer(b, before);
    assertFalse(read.isDone());
    answer(b, b.send());
    assertTrue(read.isDone());
  }

  @Test
  void anEarlierReadAtTheSameIndexConfirmsNothing() {
    CompletableFuture<Long> first = read();
    answer(b, b.send());
    assertTrue(first.isDone());
    assertFalse(read().isDone());
  }

  @Test
  void aLaterReadDoesNotJoinOneThatWaits() {
    CompletableFuture<Long> first = read();
    long between = b.send();
    CompletableFuture<Long> second = read();
    answer(b, between);
    assertTrue(first.isDone());
    assertFalse(second.isDone());
    answer(c, c.send());
    assertTrue(second.isDone());
  }

  @Test
  void aRefusalConfirmsNothing() {
    CompletableFuture<Long> read = read();
    heartbeats.onAppendEntriesReply(b.proxy, reply(b.send(), false), this::majority);
    assertFalse(read.isDone());
  }

  @Test
  void oneFollowerIsNoMajorityOfFive() {
    voters = List.of("b", "c", "d", "e");
    CompletableFuture<Long> read = read();
    answer(b, b.send());
    answer(b, b.send());
    assertFalse(read.isDone());
    answer(c, c.send());
    assertTrue(read.isDone());
  }

  @Test
  void aMajorityIsOneOfTheConfigurationThatCountsWhenTheAnswerComes() {
    voters = List.of("b", "c", "d", "e");
    CompletableFuture<Long> read = read();
    answer(b, b.send());
    voters = List.of("b", "c");
    answer(b, b.send());
    assertTrue(read.isDone());
  }

  /** Ratis makes a new appender after some failures; it counts its calls from the beginning. */
  @Test
  void anAppenderThatReplacesAnotherIsJudgedByItsOwnCalls() {
    for (int i = 0; i < 10; i++) {
      b.send();
    }
    CompletableFuture<Long> read = read();
    Sender again = new Sender("b");
    long first = again.send();
    answer(again, first);
    assertFalse(read.isDone(), "it may have been sent before the read began");
    answer(again, again.send());
    assertTrue(read.isDone());
  }

  @Test
  void aReadAsksTheFollowersAtOnce() {
    read();
    assertEquals(List.of(1, 1), List.of(b.heartbeats, c.heartbeats));
  }

  @Test
  void aReadThatWasConfirmedIsAnsweredAlsoIfTheNextOneMeetsAFault() {
    CompletableFuture<Long> first = read();
    CompletableFuture<Long> second = read();
    List<Integer> asked = new ArrayList<>();
    assertThrows(
        IllegalStateException.class,
        () ->
            heartbeats.onAppendEntriesReply(
                b.proxy,
                reply(b.send(), true),
                said -> {
                  asked.add(asked.size());
                  if (asked.size() == 2) {
                    throw new IllegalStateException("no such member");
                  }
                  return majority(said);
                }));
    assertTrue(first.isDone());
    assertFalse(second.isDone());
    answer(b, b.send());
    assertTrue(second.isDone());
  }

  /** An answer that comes while the heartbeat is being asked for finds the read entered. */
  @Test
  void anAnswerThatComesAtOnceCounts() {
    b.onHeartbeat = () -> answer(b, b.send());
    assertTrue(read().isDone());
  }

  @Test
  void theEndOfTheLeadershipFailsWhatWaitsAndWhatComesLater() {
    CompletableFuture<Long> waits = read();
    IllegalStateException end = new IllegalStateException("deposed");
    heartbeats.failListeners(end);
    heartbeats.failListeners(new IllegalStateException("once more"));
    answer(b, b.send());
    for (CompletableFuture<Long> read : List.of(waits, read())) {
      assertSame(end, assertThrows(CompletionException.class, read::join).getCause());
    }
  }

  @Test
  void readsThatNobodyConfirmsAreBounded() {
    List<CompletableFuture<Long>> reads = new ArrayList<>();
    for (int i = 0; i < ReadIndexHeartbeats.MAX_WAITING; i++) {
      reads.add(read());
    }
    CompletionException refused = assertThrows(CompletionException.class, read()::join);
    assertTrue(refused.getCause() instanceof ReadIndexException, refused.toString());
    answer(c, c.send());
    reads.forEach(read -> assertEquals(INDEX, read.getNow(-1L)));
    assertNull(read().getNow(null), "there is room again");
  }

  private CompletableFuture<Long> read() {
    return heartbeats
        .addAppendEntriesListener(
            INDEX,
            index ->
                new ReadIndexHeartbeats.AppendEntriesListener(index, List.of(b.proxy, c.proxy)))
        .getFuture();
  }

  private void answer(Sender sender, long call) {
    heartbeats.onAppendEntriesReply(sender.proxy, reply(call, true), this::majority);
  }

  private boolean majority(Predicate<RaftPeerId> said) {
    long followers = voters.stream().map(RaftPeerId::valueOf).filter(said).count();
    return 2 * (followers + 1) > voters.size() + 1;
  }

  private static AppendEntriesReplyProto reply(long call, boolean success) {
    return AppendEntriesReplyProto.newBuilder()
        .setServerReply(RaftRpcReplyProto.newBuilder().setCallId(call).setSuccess(success))
        .build();
  }

  /** What sends to one follower. */
  private static final class Sender {
    private final RaftPeerId follower;
    private final LogAppender proxy;
    private long nextCall;
    private int heartbeats;
    private Runnable onHeartbeat = () -> {};

    Sender(String follower) {
      this.follower = RaftPeerId.valueOf(follower);
      this.proxy =
          (LogAppender)
              Proxy.newProxyInstance(
                  LogAppender.class.getClassLoader(),
                  new Class<?>[] {LogAppender.class},
                  (self, method, arguments) ->
                      switch (method.getName()) {
                        case "getFollowerId" -> this.follower;
                        case "getCallId" -> nextCall;
                        case "getCallIdComparator" -> Comparator.<Long>naturalOrder();
                        case "triggerHeartbeat" -> heartbeat();
                        default -> throw new UnsupportedOperationException(method.getName());
                      });
    }

    private Object heartbeat() {
      heartbeats++;
      onHeartbeat.run();
      return null;
    }

    long send() {
      return nextCall++;
    }
  }
}
