package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.StateView;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Requests that wait for a version of the map; bounded, and without a thread each. */
final class MapWaiters implements AutoCloseable {
  private static final int MOST = 1_000;

  private final StateView view;
  private final StateView.Subscription subscription;
  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

  private record Waiter(long version, CompletableFuture<Boolean> reached) {
    boolean satisfiedBy(AppliedState applied) {
      return Long.compareUnsigned(applied.state().map().version(), version) >= 0;
    }
  }

  MapWaiters(StateView view) {
    this.view = view;
    this.subscription = view.subscribe(this::applied);
  }

  private void applied(AppliedState applied) {
    for (Waiter waiter : waiters) {
      if (waiter.satisfiedBy(applied)) {
        // The thread that applies the log has better things to do than to write answers.
        waiter.reached().completeAsync(() -> true);
      }
    }
  }

  /** Completes with whether the version was reached within the limit. */
  CompletableFuture<Boolean> await(long version, Duration limit) {
    Waiter waiter = new Waiter(version, new CompletableFuture<>());
    if (waiter.satisfiedBy(view.current())) {
      return CompletableFuture.completedFuture(true);
    }
    if (waiters.size() >= MOST) {
      throw new ApiException(
          Fault.UNAVAILABLE, MOST + " requests wait for a map already; poll instead");
    }
    waiters.add(waiter);
    // It may have been applied between the look and the registration.
    if (waiter.satisfiedBy(view.current())) {
      waiter.reached().complete(true);
    }
    return waiter
        .reached()
        .completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((reached, failure) -> waiters.remove(waiter));
  }

  @Override
  public void close() {
    subscription.close();
    waiters.forEach(waiter -> waiter.reached().complete(false));
  }
}
