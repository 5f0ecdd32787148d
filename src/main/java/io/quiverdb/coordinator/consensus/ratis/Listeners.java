// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.StateView;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscribers to one kind of event. Thread-safe. */
final class Listeners<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  /** One subscription. It is equal only to itself, so that closing it removes no other one. */
  private final class Watcher implements StateView.Subscription {
    private final Consumer<T> target;

    Watcher(Consumer<T> target) {
      this.target = target;
    }

    @Override
    public void close() {
      watchers.remove(this);
    }
  }

  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  StateView.Subscription add(Consumer<T> target) {
    Watcher watcher = new Watcher(target);
    watchers.add(watcher);
    return watcher;
  }

  /**
   * Tells all of them, on this thread. An exception of one is logged, and does not reach the
   * others.
   */
  void tell(T news) {
    for (Watcher watcher : watchers) {
      try {
        watcher.target.accept(news);
      } catch (RuntimeException | Error e) {
        LOG.error("a watcher failed at {}", news.getClass().getSimpleName(), e);
      }
    }
  }
}
