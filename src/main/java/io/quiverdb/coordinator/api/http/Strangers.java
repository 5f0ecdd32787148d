// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;

/**
 * Bounds the connections over which nobody has shown a key: one more, and the oldest of them is
 * closed. All connections together are bounded too, so without this somebody without a key could
 * hold every one of them. Thread-safe.
 */
final class Strangers implements Connection.Listener {
  private final int most;
  private final Set<Connection> oldestFirst = new LinkedHashSet<>();

  /** At most so many. */
  Strangers(int most) {
    this.most = most;
  }

  /** Those of the port over which this request came. */
  static Optional<Strangers> of(Request request) {
    return Optional.ofNullable(
        request.getConnectionMetaData().getConnector().getBean(Strangers.class));
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof SslConnection) {
      // What it carries is opened as well.
      return;
    }
    Optional<Connection> surplus;
    synchronized (this) {
      oldestFirst.add(connection);
      surplus = oldestFirst.size() > most ? Optional.of(removeOldest()) : Optional.empty();
    }
    surplus.ifPresent(one -> one.getEndPoint().close());
  }

  private Connection removeOldest() {
    Iterator<Connection> all = oldestFirst.iterator();
    Connection oldest = all.next();
    all.remove();
    return oldest;
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    oldestFirst.remove(connection);
  }

  /** Whether nobody has shown a key over it yet. */
  synchronized boolean contains(Connection connection) {
    return oldestFirst.contains(connection);
  }

  /** Somebody has shown a key over it. */
  synchronized void remove(Connection connection) {
    oldestFirst.remove(connection);
  }
}
