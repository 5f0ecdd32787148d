// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A pool of idle connections. It keeps them for 10 s, which is less than any server or balancer
 * does, so that requests seldom meet a connection that is being closed. Thread-safe.
 */
final class Idle implements AutoCloseable {
  private static final int MAX_PER_ORIGIN = 16;
  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Map<Origin, Deque<Connection>> waiting = new HashMap<>();
  private boolean closed;

  /** The connection that was used last, if it is still usable. */
  Optional<Connection> take(Origin origin) {
    while (true) {
      Connection last;
      synchronized (this) {
        Deque<Connection> there = waiting.get(origin);
        if (there == null) {
          return Optional.empty();
        }
        last = there.removeLast();
        if (there.isEmpty()) {
          waiting.remove(origin);
        }
      }
      if (last.idleNanos() < MAX_IDLE_NANOS && !last.isStale()) {
        return Optional.of(last);
      }
      last.abort();
    }
  }

  /** Keeps a connection whose answer was read to its end. */
  synchronized void keep(Origin origin, Connection connection) {
    if (closed) {
      connection.abort();
      return;
    }
    Deque<Connection> there = waiting.computeIfAbsent(origin, key -> new ArrayDeque<>());
    there.addLast(connection);
    if (there.size() > MAX_PER_ORIGIN) {
      there.removeFirst().abort();
    }
  }

  /** Aborts connections that were idle for too long. */
  synchronized void expire() {
    Iterator<Deque<Connection>> all = waiting.values().iterator();
    while (all.hasNext()) {
      Deque<Connection> there = all.next();
      while (!there.isEmpty() && there.getFirst().idleNanos() >= MAX_IDLE_NANOS) {
        there.removeFirst().abort();
      }
      if (there.isEmpty()) {
        all.remove();
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    waiting.values().forEach(there -> there.forEach(Connection::abort));
    waiting.clear();
  }
}
