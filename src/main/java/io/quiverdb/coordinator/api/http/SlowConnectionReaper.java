// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections that send no request, or send or read too slowly. An idle time-out restarts
 * with every byte, so a header, a body or an answer could take without end. Jetty's bound on data
 * rates counts all connections together, so each connection is measured here.
 */
public final class SlowConnectionReaper extends AbstractLifeCycle {
  private static final Logger LOG = LoggerFactory.getLogger(SlowConnectionReaper.class);

  private final ServerConnector connector;
  private final long windowMillis;
  private final long leastBytes;
  private final Set<Connection> spared = ConcurrentHashMap.newKeySet();
  private Map<Connection, Moved> before = Map.of();

  /** The traffic of a connection so far. */
  private record Moved(long messages, long bytes) {
    static Moved over(Connection connection) {
      return new Moved(
          connection.getMessagesIn() + connection.getMessagesOut(),
          connection.getBytesIn() + connection.getBytesOut());
    }
  }

  /**
   * Begins with the server.
   *
   * @param windowMillis how long a connection is watched before it is judged
   * @param bytesPerSecond the minimum rate of a connection that transfers bytes
   */
  public SlowConnectionReaper(ServerConnector connector, long windowMillis, long bytesPerSecond) {
    this.connector = connector;
    this.windowMillis = windowMillis;
    this.leastBytes = bytesPerSecond * windowMillis / 1_000;
  }

  /** Lets this request take as long as it likes. */
  public static void spare(Request request) {
    of(request)
        .ifPresent(reaper -> reaper.spared.add(request.getConnectionMetaData().getConnection()));
  }

  /** Watches its connection again. */
  public static void watch(Request request) {
    of(request)
        .ifPresent(reaper -> reaper.spared.remove(request.getConnectionMetaData().getConnection()));
  }

  private static Optional<SlowConnectionReaper> of(Request request) {
    return Optional.ofNullable(
        request.getConnectionMetaData().getConnector().getBean(SlowConnectionReaper.class));
  }

  @Override
  protected void doStart() {
    next();
  }

  private void next() {
    connector.getScheduler().schedule(this::look, windowMillis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (!isRunning()) {
      return;
    }
    try {
      judge();
    } catch (RuntimeException | Error e) {
      LOG.error("slow connections could not be checked; trying again", e);
    }
    next();
  }

  private void judge() {
    Map<Connection, Moved> now = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = within(endPoint.getConnection());
      if (connection == null) {
        continue;
      }
      Moved moved = Moved.over(connection);
      now.put(connection, moved);
      if (!spared.contains(connection)
          && (drips(before.get(connection), moved) || saysNothing(before.get(connection), moved))) {
        endPoint.close();
      }
    }
    spared.retainAll(now.keySet());
    before = now;
  }

  /** The connection below TLS, where requests can be counted. */
  private static @Nullable Connection within(@Nullable Connection connection) {
    return connection instanceof SslConnection secured
        ? secured.getSslEndPoint().getConnection()
        : connection;
  }

  /**
   * Whether a connection has sent no request for too long; closed earlier than an idle connection
   * with earlier requests.
   */
  private static boolean saysNothing(@Nullable Moved earlier, Moved moved) {
    return earlier != null && moved.messages() == 0;
  }

  /**
   * Whether a connection is too slow. One that transfers no bytes waits for this server, or its
   * idle time-out closes it.
   */
  private boolean drips(@Nullable Moved earlier, Moved moved) {
    if (earlier == null || earlier.messages() != moved.messages()) {
      return false;
    }
    long bytes = moved.bytes() - earlier.bytes();
    return bytes > 0 && bytes < leastBytes;
  }
}
