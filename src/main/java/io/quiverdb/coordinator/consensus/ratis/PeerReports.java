// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks all other members for their reports, in parallel. */
final class PeerReports {
  private static final long LIMIT_MILLIS = 1500;

  private final Peers peers;
  private final KnownMembers members;

  PeerReports(Peers peers, KnownMembers members) {
    this.peers = peers;
    this.members = members;
  }

  /** Asks all other members; returns within 1.5 s. */
  PeerAnswers gather() throws InterruptedException {
    Map<String, CompletableFuture<MemberReport>> asked = new TreeMap<>();
    for (Member other : members.others()) {
      asked.put(other.id(), peers.report(other));
    }
    return gather(asked);
  }

  /**
   * Asks the members at these addresses; returns within 1.5 s. The answers are keyed by address.
   */
  PeerAnswers gather(List<URI> seeds) throws InterruptedException {
    Map<String, CompletableFuture<MemberReport>> asked = new TreeMap<>();
    for (URI seed : seeds) {
      asked.put(seed.toString(), peers.report(Member.at(seed)));
    }
    return gather(asked);
  }

  private static PeerAnswers gather(Map<String, CompletableFuture<MemberReport>> asked)
      throws InterruptedException {
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
