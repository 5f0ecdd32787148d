// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.StateView;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Requests that wait for a state to be applied. Their number is bounded, and they take no thread.
 * Thread-safe.
 */
public final class LongPolls implements AutoCloseable {
  private static final int MAX_WAITERS = 1_000;

  private final StateView view;
  private final StateView.Subscription subscription;
  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

  /** Compared by identity: two requests may wait for the same. */
  private static final class Waiter {
    private final Predicate<AppliedState> wanted;
    private final CompletableFuture<Boolean> reached = new CompletableFuture<>();

    Waiter(Predicate<AppliedState> wanted) {
      this.wanted = wanted;
    }
  }

  /** Starts without requests. */
  public LongPolls(StateView view) {
    this.view = view;
    this.subscription = view.subscribe(this::applied);
  }

  private void applied(AppliedState applied) {
    for (Waiter waiter : waiters) {
      if (waiter.wanted.test(applied)) {
        // Another thread writes the answer: this one applies the log.
        waiter.reached.completeAsync(() -> true);
      }
    }
  }

  /**
   * Waits until the applied state is as wanted.
   *
   * @param wanted must be cheap: the thread that applies the log calls it
   * @return completes with whether the state was reached within the limit; exceptionally if too
   *     many requests wait already
   */
  public CompletableFuture<Boolean> await(Predicate<AppliedState> wanted, Duration limit) {
    if (wanted.test(view.current())) {
      return CompletableFuture.completedFuture(true);
    }
    if (waiters.size() >= MAX_WAITERS) {
      return CompletableFuture.failedFuture(
          new ApiException(
              Fault.UNAVAILABLE, MAX_WAITERS + " requests wait already; poll instead"));
    }
    Waiter waiter = new Waiter(wanted);
    waiters.add(waiter);
    // It may have been applied between the check and the registration.
    if (wanted.test(view.current())) {
      waiter.reached.complete(true);
    }
    return waiter
        .reached
        .completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((reached, failure) -> waiters.remove(waiter));
  }

  @Override
  public void close() {
    subscription.close();
    waiters.forEach(waiter -> waiter.reached.complete(false));
  }
}
