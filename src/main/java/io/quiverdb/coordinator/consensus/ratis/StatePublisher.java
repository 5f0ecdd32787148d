// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.ShardMap;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Holds the applied state for all readers. Only the thread that applies the log publishes; all
 * other methods are thread-safe.
 */
final class StatePublisher implements StateView {
  private record Waiter(long index, CompletableFuture<AppliedState> future) {}

  private final Executor waking;
  private final Listeners<AppliedState> watchers = new Listeners<>();
  private final PriorityQueue<Waiter> waiters =
      new PriorityQueue<>(Comparator.comparingLong(Waiter::index));
  private volatile long firstAwaited = Long.MAX_VALUE;
  private volatile AppliedState current = new AppliedState(ClusterState.INITIAL, -1, 0);
  private volatile Map<Long, ShardMap> recent = Map.of();

  /**
   * A publisher of the initial state.
   *
   * @param waking completes futures, so that dependent work does not run on the thread that applies
   */
  StatePublisher(Executor waking) {
    this.waking = waking;
  }

  /** Makes this state the current one; called in log order. */
  @SuppressWarnings("ReferenceEquality") // an entry that changes nothing returns the same state
  void publish(AppliedState next) {
    ClusterState before = current.state();
    if (next.state().map().version() != before.map().version() || recent.isEmpty()) {
      remember(next.state().map());
    }
    current = next;
    if (next.index() >= firstAwaited) {
      wake(next);
    }
    if (next.state() != before) {
      watchers.tell(next);
    }
  }

  /** Keeps a map that is replaced within the same entry. */
  void passed(ShardMap map) {
    if (map.version() != current.state().map().version()) {
      remember(map);
    }
  }

  private void remember(ShardMap map) {
    Map<Long, ShardMap> maps = new LinkedHashMap<>(recent);
    maps.remove(map.version());
    maps.put(map.version(), map);
    if (maps.size() > RECENT_MAPS) {
      maps.remove(maps.keySet().iterator().next());
    }
    recent = maps;
  }

  private void wake(AppliedState next) {
    synchronized (waiters) {
      while (!waiters.isEmpty() && waiters.element().index() <= next.index()) {
        CompletableFuture<AppliedState> future = waiters.remove().future();
        complete(future, next);
      }
      firstAwaited = waiters.isEmpty() ? Long.MAX_VALUE : waiters.element().index();
    }
  }

  private void complete(CompletableFuture<AppliedState> future, AppliedState next) {
    try {
      waking.execute(() -> future.complete(next));
    } catch (RejectedExecutionException e) {
      future.cancel(false); // this member is closing
    }
  }

  @Override
  public AppliedState current() {
    return current;
  }

  @Override
  public Optional<ShardMap> mapAt(long version) {
    return Optional.ofNullable(recent.get(version));
  }

  @Override
  public CompletableFuture<AppliedState> awaitIndex(long index, Duration limit) {
    AppliedState now = current;
    if (now.index() >= index) {
      return CompletableFuture.completedFuture(now);
    }
    Waiter waiter = new Waiter(index, new CompletableFuture<>());
    synchronized (waiters) {
      waiters.add(waiter);
      firstAwaited = waiters.element().index();
    }
    AppliedState again = current; // may have been applied before the waiter was registered
    if (again.index() >= index) {
      waiter.future().complete(again);
    }
    CompletableFuture<AppliedState> bounded =
        waiter.future().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    return bounded.whenComplete((state, failure) -> forget(waiter));
  }

  private void forget(Waiter waiter) {
    synchronized (waiters) {
      waiters.remove(waiter);
      firstAwaited = waiters.isEmpty() ? Long.MAX_VALUE : waiters.element().index();
    }
  }

  @Override
  public Subscription subscribe(Consumer<AppliedState> watcher) {
    return watchers.add(watcher);
  }
}
