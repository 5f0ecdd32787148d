// SPDX-License-Identifier: Apache-2.0
package org.apache.ratis.server.impl;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.ReadIndexException;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/**
 * The reads of one leadership that wait until a majority has said that it still follows this
 * leader. Takes the place of the class of this name in Ratis 3.3.0, which confirms a read at once
 * if an earlier read at the same commit index was confirmed, and lets a read join one that began
 * before it: with that, a leader that was cut off answers linearizable reads with old data.
 *
 * <p>Here each read counts by itself, and counts only answers to requests that were made after it
 * began. A follower that accepts such a request has voted for no later leader until then, so that
 * no later leader can have committed anything before the read.
 *
 * <p>What Ratis relies on: {@code LeaderStateImpl} makes one object a leadership; takes the read
 * index, then calls {@link #addAppendEntriesListener}; hands over every answer of a follower; and
 * calls {@link #failListeners} at the end of the leadership. Thread-safe.
 */
class ReadIndexHeartbeats {
  /** Reads that wait at the same time; one more is refused. */
  static final int MAX_WAITING = 10_000;

  private final Set<AppendEntriesListener> waiting = new LinkedHashSet<>();
  private @Nullable Exception ended;

  /**
   * Enters a read.
   *
   * @param readIndex the commit index that the read must see; taken before this call
   * @param entry makes the listener of this read
   * @return never null; fails if the leadership has ended, or too many reads wait
   */
  AppendEntriesListener addAppendEntriesListener(
      long readIndex, Function<Long, AppendEntriesListener> entry) {
    AppendEntriesListener read = entry.apply(readIndex);
    @Nullable Exception refusal;
    synchronized (this) {
      refusal =
          ended == null && waiting.size() >= MAX_WAITING
              ? new ReadIndexException(MAX_WAITING + " reads wait for a majority")
              : ended;
      if (refusal == null) {
        waiting.add(read);
      }
    }
    if (refusal == null) {
      // After it was entered: the answer may come at once.
      read.appenders.forEach(LogAppender::triggerHeartbeat);
    } else {
      read.future.completeExceptionally(refusal);
    }
    return read;
  }

  /**
   * Counts the answer of a follower.
   *
   * @param hasMajority whether the followers that satisfy the predicate are, with this leader, a
   *     majority of each configuration that counts now
   */
  void onAppendEntriesReply(
      LogAppender appender,
      AppendEntriesReplyProto reply,
      Predicate<Predicate<RaftPeerId>> hasMajority) {
    if (!reply.getServerReply().getSuccess()) {
      return;
    }
    long call = reply.getServerReply().getCallId();
    List<AppendEntriesListener> confirmed = new ArrayList<>();
    try {
      synchronized (this) {
        for (Iterator<AppendEntriesListener> each = waiting.iterator(); each.hasNext(); ) {
          AppendEntriesListener read = each.next();
          if (read.counts(appender, call) && hasMajority.test(read.followers::contains)) {
            each.remove();
            confirmed.add(read);
          }
        }
      }
    } finally { // if a test throws, complete the reads that were removed before it
      confirmed.forEach(read -> read.future.complete(read.readIndex));
    }
  }

  /** Fails the reads that wait, and all that come later: the leadership has ended. */
  void failListeners(Exception reason) {
    List<AppendEntriesListener> failed;
    synchronized (this) {
      if (ended != null) {
        return;
      }
      ended = reason;
      failed = List.copyOf(waiting);
      waiting.clear();
    }
    failed.forEach(read -> read.future.completeExceptionally(reason));
  }

  /** One read. Guarded by the object that it was entered into. */
  static class AppendEntriesListener {
    private final long readIndex;
    private final CompletableFuture<Long> future = new CompletableFuture<>();
    private final List<LogAppender> appenders = new ArrayList<>();
    // By appender, not by follower: a new appender for the same follower restarts its call count.
    private final IdentityHashMap<LogAppender, Long> firstCalls = new IdentityHashMap<>();
    private final Set<RaftPeerId> followers = new HashSet<>();

    /** A read that begins now; only what {@code senders} send from now on can confirm it. */
    AppendEntriesListener(long readIndex, Iterable<LogAppender> senders) {
      this.readIndex = readIndex;
      for (LogAppender sender : senders) {
        appenders.add(sender);
        firstCalls.put(sender, sender.getCallId());
      }
    }

    /** Completes with the read index as soon as a majority has confirmed the read. */
    CompletableFuture<Long> getFuture() {
      return future;
    }

    /** Notes an answer, if it is one to a request that was made after this read began. */
    private boolean counts(LogAppender appender, long call) {
      // An appender that came later: what it had sent when it was first seen may be older.
      long first = firstCalls.computeIfAbsent(appender, LogAppender::getCallId);
      boolean counts = appender.getCallIdComparator().compare(call, first) >= 0;
      if (counts) {
        followers.add(appender.getFollowerId());
      }
      return counts;
    }
  }
}
