// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.Gate;
import io.quiverdb.coordinator.model.Migration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Holds polls of the map while the state has a gate (docs/migration-protocol.md, the flip in one
 * beat). All held polls are answered together: when the gate is gone, after {@link Gate#LIMIT}, or
 * when this closes. A held poll takes no thread. A disconnected client is only noticed when its
 * poll is answered. Thread-safe.
 */
final class HeldPolls implements AutoCloseable {
  /** Complete: the poll is not held. */
  static final CompletableFuture<Void> FREE = CompletableFuture.completedFuture(null);

  private final StateView view;
  private final Bounds bounds;
  private final Runnable onHeld;
  private final StateView.Subscription subscription;
  private final AtomicInteger held = new AtomicInteger();
  private volatile Watched watched = new Watched(Optional.empty(), FREE);
  private boolean closed;

  /**
   * The limits.
   *
   * @param most polls at a time; more are not held
   * @param limit the longest time for which a gate holds polls
   */
  record Bounds(int most, Duration limit) {
    /**
     * The default limits: a router has one poll at a time, so other connections still have room.
     */
    static final Bounds DEFAULT = new Bounds(1_000, Gate.LIMIT);
  }

  /**
   * The gate of the newest state.
   *
   * @param over completes when polls are held no longer because of it
   */
  private record Watched(Optional<Gate> gate, CompletableFuture<Void> over) {}

  /**
   * Holds no polls yet.
   *
   * @param onHeld is called for each
   */
  HeldPolls(StateView view, Bounds bounds, Runnable onHeld) {
    this.view = view;
    this.bounds = bounds;
    this.onHeld = onHeld;
    this.subscription = view.subscribe(applied -> look());
    look();
  }

  private synchronized void look() {
    Optional<Gate> gate = view.current().state().migrations().active().flatMap(Migration::gate);
    Watched before = watched;
    if (gate.equals(before.gate())) {
      return;
    }
    watched = new Watched(gate, gate.isPresent() && !closed ? limited() : FREE);
    // Another thread writes the answers: this one applies the log.
    var unused = before.over().completeAsync(() -> null);
  }

  private CompletableFuture<Void> limited() {
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, bounds.limit().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Completes when a poll that arrives now may be answered; usually already complete. */
  CompletableFuture<Void> hold() {
    CompletableFuture<Void> over = watched.over();
    if (over.isDone()) {
      return FREE;
    }
    if (held.incrementAndGet() > bounds.most()) {
      held.decrementAndGet();
      return FREE;
    }
    onHeld.run();
    return over.whenComplete((nothing, failure) -> held.decrementAndGet());
  }

  /** How many are held. */
  int held() {
    return held.get();
  }

  /** Answers all held polls, in this thread, and holds no more. */
  @Override
  public void close() {
    subscription.close();
    CompletableFuture<Void> over;
    synchronized (this) {
      closed = true;
      over = watched.over();
    }
    over.complete(null);
  }
}
