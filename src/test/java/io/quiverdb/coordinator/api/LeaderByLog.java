// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Whom a member sees leading, by a {@link FakeLog}. */
record LeaderByLog(String id, FakeLog log) implements Leadership {
  @Override
  public View current() {
    boolean leads = log.leader().equals(id);
    return new View(
        leads ? Role.LEADER : Role.FOLLOWER,
        leads,
        log.term(),
        Optional.of(log.leader()).filter(leader -> !leader.isEmpty()),
        log.view().current().index());
  }

  @Override
  public StateView.Subscription subscribe(Consumer<View> watcher) {
    return () -> {};
  }

  @Override
  public CompletableFuture<String> transfer(Optional<String> to, Duration limit) {
    return CompletableFuture.failedFuture(new IllegalStateException("not asked"));
  }
}
