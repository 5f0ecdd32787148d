// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.config.JavalinConfig;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.IdleTimeoutHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server below the routes: its bounds and time-outs. */
public final class WebServer {
  private static final int MAX_THREADS = 32;
  private static final int MIN_THREADS = 4;
  private static final int MAX_CONNECTIONS = 4_096;

  /** Of those, the ones over which nobody has shown a key. */
  private static final int MAX_STRANGERS = 1_024;

  private static final int HEADER_BYTES = 16 << 10;

  /** Idle time within a request or an answer. */
  private static final long IDLE_MILLIS = 15_000;

  /**
   * Idle time between two requests. Load balancers keep connections for 60 to 75 s, and the server
   * must not close first.
   */
  private static final long KEPT_MILLIS = 90_000;

  /** The time-out of a request: it may wait a minute for a version of the map. */
  private static final long REQUEST_MILLIS = 65_000;

  private static final long STOP_MILLIS = 2_000;

  /** The minimum rate of a connection, in bytes per second. */
  private static final long SLOWEST = 1_000;

  /**
   * Longer than any change may take, so that a wait for a commit never looks like a slow client.
   */
  private static final long WATCHED_MILLIS = 10_000;

  private WebServer() {}

  /**
   * Sets host, port, bounds and time-outs.
   *
   * @param where it listens
   * @param broken answers requests that are not valid HTTP
   * @param front puts handlers in front of the framework's
   */
  public static void configure(
      JavalinConfig config, Listening where, Request.Handler broken, UnaryOperator<Handler> front) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS, 60_000);
    threads.setName("http");
    config.jetty.threadPool = threads;
    config.jetty.modifyHttpConfiguration(WebServer::bound);
    config.jetty.addConnector((server, http) -> plain(server, http, where));
    where
        .tls()
        .ifPresent(
            tls ->
                config.jetty.addConnector(
                    (server, http) -> bounded(TlsConnector.of(server, http, tls))));
    config.jetty.modifyServer(
        server -> {
          server.setStopTimeout(STOP_MILLIS);
          server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, server));
          server.setErrorHandler(broken);
          // Only now the server has the framework's handler, which comes after ours.
          config.events.serverStarting(() -> server.setHandler(inFront(server, front)));
        });
  }

  private static Handler inFront(Server server, UnaryOperator<Handler> front) {
    IdleTimeoutHandler patient = new IdleTimeoutHandler();
    patient.setHandler(server.getHandler());
    patient.setIdleTimeoutMs(REQUEST_MILLIS);
    patient.setApplyToAsync(true);
    return front.apply(patient);
  }

  /** Lets requests end when the server stops. */
  public static Handler guarded(Handler next) {
    return new GracefulHandler(next);
  }

  private static void bound(HttpConfiguration http) {
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setResponseHeaderSize(HEADER_BYTES);
    http.setIdleTimeout(IDLE_MILLIS);
    http.setSendServerVersion(false);
    http.setUriCompliance(UriCompliance.DEFAULT);
  }

  private static ServerConnector plain(Server server, HttpConfiguration http, Listening where) {
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(where.host());
    connector.setPort(where.port());
    return bounded(connector);
  }

  private static ServerConnector bounded(ServerConnector connector) {
    connector.setIdleTimeout(KEPT_MILLIS);
    connector.setAcceptQueueSize(512);
    connector.addBean(new Strangers(MAX_STRANGERS));
    connector.addBean(new SlowConnectionReaper(connector, WATCHED_MILLIS, SLOWEST));
    return connector;
  }
}
