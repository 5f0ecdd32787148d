// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayList;
import java.util.List;

/** Something that will be known later. */
final class Promise<T> {
  private final Sim sim;
  private final List<Actor> waiting = new ArrayList<>(1);
  private T value;
  private boolean kept;
  private boolean abandoned;

  Promise(Sim sim) {
    this.sim = sim;
  }

  /** The first value stays. */
  void keep(T given) {
    if (!kept) {
      kept = true;
      value = given;
      waiting.forEach(sim::wake);
      waiting.clear();
    }
  }

  /** Nobody wants to know any more. */
  void abandon() {
    abandoned = true;
  }

  boolean abandoned() {
    return abandoned;
  }

  boolean kept() {
    return kept;
  }

  T value() {
    return value;
  }

  /**
   * Waits for it.
   *
   * @param deadline ns
   * @return whether it is known
   */
  boolean await(long deadline) throws InterruptedException {
    while (!kept && sim.now() < deadline) {
      Actor me = sim.current();
      waiting.add(me);
      try {
        sim.block(deadline);
      } finally {
        waiting.remove(me);
      }
    }
    return kept;
  }

  /** Waits for it, whatever happens; for actors that nobody interrupts. */
  T await() {
    try {
      await(Sim.FOREVER);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts " + sim.current(), e);
    }
    return value;
  }
}
