// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.Applied;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The applied state of a member without a log: what a test publishes. Thread-safe. */
public final class FakeStateView implements StateView {
  private final List<Consumer<AppliedState>> watchers = new CopyOnWriteArrayList<>();
  private final Map<Long, ShardMap> maps = new ConcurrentHashMap<>();
  private volatile AppliedState current;

  public FakeStateView(AppliedState first) {
    current = first;
  }

  public FakeStateView(ClusterState first) {
    this(new AppliedState(first, 7, 1));
  }

  /** Makes this state the current one. */
  public synchronized void publish(AppliedState next) {
    current = next;
    maps.put(next.state().map().version(), next.state().map());
    watchers.forEach(watcher -> watcher.accept(next));
  }

  /** Applies the next entry. */
  public synchronized Submission.Answered apply(Proposal proposal, long term) {
    long index = current.index() + 1;
    Applied next = ClusterStateMachine.apply(current.state(), new EntryId(index, term), proposal);
    publish(new AppliedState(next.state(), index, term));
    return new Submission.Answered(next.outcome(), next.replayed(), index, term);
  }

  @Override
  public AppliedState current() {
    return current;
  }

  @Override
  public Optional<ShardMap> mapAt(long version) {
    return Optional.ofNullable(maps.get(version));
  }

  /** Answers at once, with the current state: entries are applied as they are submitted. */
  @Override
  public CompletableFuture<AppliedState> awaitIndex(long index, Duration limit) {
    return CompletableFuture.completedFuture(current);
  }

  @Override
  public Subscription subscribe(Consumer<AppliedState> watcher) {
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }
}
