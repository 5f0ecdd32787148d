// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The reports that members get of each other: the present one, an old one, or none. */
final class TestPeers implements Peers {
  private final Map<String, RatisEnsemble> running;
  private final Set<String> muted = ConcurrentHashMap.newKeySet();
  private final Map<String, MemberReport> frozen = new ConcurrentHashMap<>();

  TestPeers(Map<String, RatisEnsemble> running) {
    this.running = running;
  }

  void mute(String id) {
    muted.add(id);
  }

  void unmute(String id) {
    muted.remove(id);
  }

  /** The present report is all that the others hear from now on. */
  void freeze(String id) {
    frozen.put(id, running.get(id).report());
  }

  void thaw(String id) {
    frozen.remove(id);
  }

  @Override
  public CompletableFuture<MemberReport> report(Member member) {
    if (member.id().isEmpty()) {
      return running.values().stream()
          .flatMap(each -> each.members().all().stream())
          .filter(each -> each.http().equals(member.http()))
          .findFirst()
          .map(this::report)
          .orElseGet(() -> CompletableFuture.failedFuture(new IOException("nobody is there")));
    }
    MemberReport last = frozen.get(member.id());
    if (last != null) {
      return CompletableFuture.completedFuture(last);
    }
    RatisEnsemble other = running.get(member.id());
    return other == null || muted.contains(member.id())
        ? CompletableFuture.failedFuture(new IOException(member.id() + " does not answer"))
        : CompletableFuture.completedFuture(other.report());
  }
}
