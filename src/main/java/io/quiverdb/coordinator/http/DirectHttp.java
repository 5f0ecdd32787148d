// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client over HTTP/1.1 whose requests do not arrive after they were given up. A call that ends
 * without its whole answer aborts its connection ({@link Connection}), and so does the end of this
 * process. It uses no proxy, follows no redirect, and sends nothing twice. Each call runs in its
 * caller's thread. Thread-safe.
 */
public final class DirectHttp implements AutoCloseable {
  private static final long SWEEP_SECONDS = 5;

  private final NameLookups names;
  private final Optional<SSLContext> tls;
  private final Duration connectTimeout;
  private final Semaphore free;
  private final Idle idle = new Idle();
  private final ScheduledThreadPoolExecutor clock;

  /**
   * A client.
   *
   * @param names closed by the caller
   * @param connectTimeout until a connection stands, and once more until a name is resolved
   * @param maxInFlight how many calls may be under way; one more fails at once
   */
  public DirectHttp(NameLookups names, Duration connectTimeout, int maxInFlight) {
    this(names, Optional.empty(), connectTimeout, maxInFlight);
  }

  /**
   * A client with its own trusted CAs.
   *
   * @param names closed by the caller
   * @param tls the trusted CAs
   * @param connectTimeout until a connection stands, and once more until a name is resolved
   * @param maxInFlight how many calls may be under way; one more fails at once
   */
  public DirectHttp(
      NameLookups names, Optional<SSLContext> tls, Duration connectTimeout, int maxInFlight) {
    this.names = names;
    this.tls = tls;
    this.connectTimeout = connectTimeout;
    this.free = new Semaphore(maxInFlight);
    this.clock = new ScheduledThreadPoolExecutor(1, DaemonThreads.named("call-limits"));
    clock.setRemoveOnCancelPolicy(true);
    var unused =
        clock.scheduleWithFixedDelay(idle::expire, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Sends a request and waits for the whole answer.
   *
   * @param limit until the last byte of the answer
   * @param maxBytes of the answer's body
   * @throws NeverSentException if the other side surely got nothing of it
   * @throws TooLateException if the request was not sent to its end because its moment came first
   * @throws TimeoutException if the answer is not there in time
   * @throws IOException if the exchange broke, or the answer is too large, with the cause
   * @throws InterruptedException if this thread was interrupted; the exchange has ended then
   */
  public HttpReply call(DirectRequest request, Duration limit, int maxBytes)
      throws IOException, TimeoutException, InterruptedException {
    return exchange(request, limit, maxBytes, null);
  }

  /**
   * The same; but the body of an answer with a status of 2xx goes to a sink as it comes in, and the
   * reply's own is empty.
   *
   * @throws IOException also if the sink throws one, which is its cause
   */
  public HttpReply call(DirectRequest request, Duration limit, int maxBytes, Sink sink)
      throws IOException, TimeoutException, InterruptedException {
    return exchange(request, limit, maxBytes, sink);
  }

  private HttpReply exchange(
      DirectRequest request, Duration limit, int maxBytes, @Nullable Sink sink)
      throws IOException, TimeoutException, InterruptedException {
    Origin origin = Origin.of(request.baseUrl());
    RequestBytes bytes = new RequestBytes(request, origin);
    if (!free.tryAcquire()) {
      throw new NeverSentException("too many calls are under way here");
    }
    Limit running = new Limit();
    try {
      running.begin(limit);
      return exchange(origin, bytes, running, maxBytes, sink);
    } catch (NeverSentException | TooLateException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(origin.authority() + ": interrupted");
      }
      if (running.isOver() && !bytes.begun()) {
        throw new NeverSentException(
            "no connection to " + origin.authority() + " within " + limit.toMillis() + " ms", e);
      }
      if (running.isOver()) {
        throw new TimeoutException(
            origin.authority() + " did not answer within " + limit.toMillis() + " ms");
      }
      throw new IOException(origin.authority() + ": " + Failures.reason(e), e);
    } finally {
      running.end();
      free.release();
    }
  }

  private HttpReply exchange(
      Origin origin, RequestBytes bytes, Limit running, int maxBytes, @Nullable Sink sink)
      throws IOException, InterruptedException {
    Optional<Connection> kept = idle.take(origin);
    Connection connection = kept.isPresent() ? kept.get() : connected(origin, running);
    boolean whole = false;
    try {
      running.bounds(connection);
      HttpReply reply = connection.exchange(bytes, maxBytes, sink);
      whole = true;
      return reply;
    } finally {
      // A limit that is just running out may not end a connection that serves the next call.
      if (running.end() && whole && connection.reusable()) {
        idle.keep(origin, connection);
      } else {
        connection.abort();
      }
    }
  }

  private Connection connected(Origin origin, Limit running)
      throws NeverSentException, InterruptedException {
    IOException failure = new IOException("it has no address");
    for (InetAddress address : names.await(origin.host(), connectTimeout)) {
      try {
        Connection connection = Connection.unconnected(tls);
        try {
          running.bounds(connection);
          ScheduledFuture<?> tooSlow = after(connectTimeout, connection);
          connection.connect(origin, address, (int) connectTimeout.toMillis());
          if (tooSlow.cancel(false)) {
            return connection;
          }
          failure = new IOException("not within " + connectTimeout.toMillis() + " ms");
        } catch (IOException | RuntimeException e) {
          connection.abort();
          throw e;
        }
      } catch (IOException e) {
        failure = e;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException(origin.authority() + ": interrupted");
      }
    }
    throw new NeverSentException(
        "no connection to " + origin.authority() + ": " + TlsReason.of(failure), failure);
  }

  /** Ends also a handshake that takes too long. */
  private ScheduledFuture<?> after(Duration wait, Connection connection) {
    return clock.schedule(connection::abort, wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends its thread and the connections that wait; calls under way end at their limits. */
  @Override
  public void close() {
    idle.close();
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(true);
    clock.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    clock.shutdown();
  }

  /** Aborts the connection of one call at its limit. Thread-safe. */
  private final class Limit {
    private @Nullable ScheduledFuture<?> alarm;
    private @Nullable Connection bounded;
    private boolean over;
    private boolean ended;

    synchronized void begin(Duration limit) throws NeverSentException {
      try {
        alarm = clock.schedule(this::run, limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        throw new NeverSentException("this client is closed", e);
      }
    }

    private synchronized void run() {
      over = !ended;
      if (over && bounded != null) {
        bounded.abort();
      }
    }

    synchronized void bounds(Connection connection) {
      bounded = connection;
      if (over) {
        connection.abort();
      }
    }

    synchronized boolean isOver() {
      return over;
    }

    /** Whether it ended before the time was over. */
    synchronized boolean end() {
      ended = true;
      if (alarm != null) {
        alarm.cancel(false);
      }
      return !over;
    }
  }
}
