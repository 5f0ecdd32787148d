// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks all other members at once what they are. */
final class PeerReports {
  private static final long LIMIT_MILLIS = 1500;

  private final Peers peers;
  private final List<Member> others;

  PeerReports(Peers peers, List<Member> others) {
    this.peers = peers;
    this.others = others;
  }

  /** Within about a second. */
  PeerAnswers gather() throws InterruptedException {
    Map<String, CompletableFuture<MemberReport>> asked = new TreeMap<>();
    for (Member other : others) {
      asked.put(other.id(), peers.report(other));
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
    Map<String, MemberReport> answers = new TreeMap<>();
    Map<String, Throwable> failures = new TreeMap<>();
    for (Map.Entry<String, CompletableFuture<MemberReport>> entry : asked.entrySet()) {
      try {
        long left = Math.max(0, end - System.nanoTime());
        answers.put(entry.getKey(), entry.getValue().get(left, TimeUnit.NANOSECONDS));
      } catch (ExecutionException e) {
        failures.put(entry.getKey(), e.getCause() == null ? e : e.getCause());
      } catch (TimeoutException e) {
        failures.put(entry.getKey(), new IOException("no answer within a second", e));
      }
    }
    return new PeerAnswers(answers, failures);
  }
}
