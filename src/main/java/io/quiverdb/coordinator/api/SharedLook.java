// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A look that callers share while it is under way, and for a while after it began. Thread-safe.
 *
 * @param <K> what it is a look at; a look at something else is a new one
 */
final class SharedLook<K, T> {
  private final LongSupplier nanos;
  private final Duration maxAge;
  private final Function<K, CompletableFuture<T>> look;
  private Optional<Begun<K, T>> newest = Optional.empty();

  private record Begun<K, T>(K at, long nanos, CompletableFuture<T> seen) {}

  /**
   * Shares what the function sees.
   *
   * @param nanos a monotonic clock
   * @param maxAge since its beginning; one that is under way is shared even if it takes longer
   * @param look begins one and returns at once
   */
  SharedLook(LongSupplier nanos, Duration maxAge, Function<K, CompletableFuture<T>> look) {
    this.nanos = nanos;
    this.maxAge = maxAge;
    this.look = look;
  }

  synchronized CompletableFuture<T> at(K place) {
    Begun<K, T> shared =
        newest
            .filter(begun -> begun.at().equals(place) && isNew(begun))
            .orElseGet(() -> begin(place));
    newest = Optional.of(shared);
    return shared.seen().copy();
  }

  private boolean isNew(Begun<K, T> begun) {
    return !begun.seen().isDone() || nanos.getAsLong() - begun.nanos() < maxAge.toNanos();
  }

  private Begun<K, T> begin(K place) {
    return new Begun<>(place, nanos.getAsLong(), look.apply(place));
  }
}
