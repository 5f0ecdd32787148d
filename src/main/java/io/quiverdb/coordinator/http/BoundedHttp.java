// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client over HTTP/1.1 whose calls are bounded in time, size and number. Thread-safe.
 *
 * <p>{@code HttpRequest.timeout} of the JDK ends at the headers; here the limit covers the body
 * too. The JDK's client resolves names on the few threads that serve all calls; this one resolves
 * them before, so that the JDK's client finds them in the JVM's cache. It never uses a proxy. A
 * request that was given up may still arrive; use {@link DirectHttp} where that matters.
 */
public final class BoundedHttp implements AutoCloseable {
  private static final byte[] NO_BODY = {};

  /** How long the JDK's client keeps an idle connection, in seconds. */
  private static final String KEEP_ALIVE = "jdk.httpclient.keepalive.timeout";

  static {
    // Less than the servers of members (90 s) and balancers (60 s) keep connections: if a
    // connection is closed during a request, it is unknown whether the request arrived.
    if (System.getProperty(KEEP_ALIVE) == null) {
      System.setProperty(KEEP_ALIVE, "30");
    }
  }

  private final NameLookups names;
  private final Optional<NameLookups> ownNames;
  private final HttpClient client;
  private final ExecutorService threads;
  private final Semaphore free;

  /**
   * A client.
   *
   * @param name of its threads
   * @param connectTimeout the longest time to open a connection
   * @param maxInFlight how many calls may be under way; one more fails at once
   */
  public BoundedHttp(String name, Duration connectTimeout, int maxInFlight) {
    this(name, new NameLookups(), true, Optional.empty(), connectTimeout, maxInFlight);
  }

  /**
   * A client that shares the resolution of names.
   *
   * @param name of its threads
   * @param names closed by the caller
   * @param tls its certificate and trusted CAs; empty: the CAs that the JVM trusts
   * @param connectTimeout the longest time to open a connection
   * @param maxInFlight how many calls may be under way; one more fails at once
   */
  public BoundedHttp(
      String name,
      NameLookups names,
      Optional<SSLContext> tls,
      Duration connectTimeout,
      int maxInFlight) {
    this(name, names, false, tls, connectTimeout, maxInFlight);
  }

  private BoundedHttp(
      String name,
      NameLookups names,
      boolean own,
      Optional<SSLContext> tls,
      Duration connectTimeout,
      int maxInFlight) {
    this.names = names;
    this.ownNames = own ? Optional.of(names) : Optional.empty();
    this.threads = Executors.newFixedThreadPool(2, DaemonThreads.named(name));
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(connectTimeout)
            .executor(threads);
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
    this.free = new Semaphore(maxInFlight);
  }

  /**
   * A path below a base URL that may end in slashes.
   *
   * @throws NeverSentException if the client of this JDK cannot call such a URL
   */
  public static HttpRequest.Builder request(String baseUrl, String path) throws NeverSentException {
    int end = baseUrl.length();
    while (end > 0 && baseUrl.charAt(end - 1) == '/') {
      end--;
    }
    try {
      return HttpRequest.newBuilder(URI.create(baseUrl.substring(0, end) + path));
    } catch (IllegalArgumentException e) {
      throw new NeverSentException(
          baseUrl + " cannot be called: its host is no valid DNS name (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Sends a request.
   *
   * @param limit until the last byte of the answer
   * @param maxBytes of the answer's body
   * @return completes exceptionally with {@link NeverSentException}, {@link TimeoutException} or
   *     another {@link IOException}, caused by a {@link TooLargeException} where that is why, on a
   *     thread of this client or of the JDK's timer; it is cancelable as the JDK's own futures are,
   *     which ends the exchange
   */
  public CompletableFuture<HttpReply> send(HttpRequest request, Duration limit, int maxBytes) {
    return send(request, limit, head -> collected(head, maxBytes));
  }

  private CompletableFuture<HttpReply> send(
      HttpRequest request, Duration limit, HttpResponse.BodyHandler<byte[]> bodies) {
    if (!free.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new NeverSentException("too many calls are under way here"));
    }
    Exchange exchange = new Exchange(request, limit, bodies);
    exchange.begin();
    return exchange
        .reply
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (done, failure) -> {
              free.release();
              exchange.end();
            })
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(exchange.told(Failures.cause(failure))));
  }

  /**
   * Sends a request and waits for the whole answer; the parameters are those of {@link #send}.
   *
   * @throws NeverSentException if the other side surely got nothing of it
   * @throws TimeoutException if the answer is not there in time
   * @throws IOException if the exchange broke, or the answer is too large
   * @throws InterruptedException if this thread was interrupted; the exchange has ended then
   */
  public HttpReply call(HttpRequest request, Duration limit, int maxBytes)
      throws IOException, TimeoutException, InterruptedException {
    return await(request, send(request, limit, maxBytes));
  }

  /**
   * Sends a request and waits for the whole answer. The body of an answer with a status of 2xx goes
   * to a sink while it arrives; the body of the reply is empty. After a failure, the sink may still
   * be called for a moment.
   *
   * @throws IOException also if the sink throws one, which is its cause
   */
  public HttpReply call(HttpRequest request, Duration limit, int maxBytes, Sink sink)
      throws IOException, TimeoutException, InterruptedException {
    return await(
        request,
        send(
            request,
            limit,
            head ->
                head.statusCode() / 100 == 2
                    ? BodySubscribers.mapping(
                        new BoundedBody(maxBytes, announced(head), sink), all -> NO_BODY)
                    : collected(head, maxBytes)));
  }

  private static HttpReply await(HttpRequest request, CompletableFuture<HttpReply> reply)
      throws IOException, TimeoutException, InterruptedException {
    try {
      return reply.get();
    } catch (InterruptedException e) {
      reply.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = Failures.cause(e);
      if (cause instanceof IOException broken) {
        throw broken;
      }
      if (cause instanceof TimeoutException late) {
        throw late;
      }
      throw new IOException(request.uri().getAuthority() + ": " + Failures.reason(cause), cause);
    }
  }

  /**
   * Collects a body in memory; the exchange fails with a {@link TooLargeException} past the bound.
   *
   * @param maxBytes the longest body that is taken
   */
  public static HttpResponse.BodyHandler<byte[]> collecting(int maxBytes) {
    return head -> collected(head, maxBytes);
  }

  private static BodySubscriber<byte[]> collected(HttpResponse.ResponseInfo head, int maxBytes) {
    long announced = announced(head);
    Collector collector = new Collector(announced > maxBytes ? -1 : announced);
    return BodySubscribers.mapping(
        new BoundedBody(maxBytes, announced, collector), all -> collector.bytes());
  }

  private static long announced(HttpResponse.ResponseInfo head) {
    return head.headers().firstValueAsLong("content-length").orElse(-1);
  }

  /** Ends its threads; calls under way fail. */
  @Override
  public void close() {
    threads.shutdownNow();
    ownNames.ifPresent(NameLookups::close);
  }

  /**
   * One call. Its name is resolved first, on a thread that other calls do not need. Thread-safe.
   */
  private final class Exchange {
    private final HttpRequest request;
    private final Duration limit;
    private final HttpResponse.BodyHandler<byte[]> bodies;
    private final CompletableFuture<HttpReply> reply = new CompletableFuture<>();
    private @Nullable CompletableFuture<HttpResponse<byte[]>> sent;
    private boolean over;

    Exchange(HttpRequest request, Duration limit, HttpResponse.BodyHandler<byte[]> bodies) {
      this.request = request;
      this.limit = limit;
      this.bodies = bodies;
    }

    void begin() {
      String host = request.uri().getHost();
      if (NameLookups.isAddress(host)) {
        send();
        return;
      }
      var unused =
          names
              .addresses(host)
              .whenComplete(
                  (found, failure) -> {
                    if (failure == null) {
                      send();
                    } else {
                      reply.completeExceptionally(failure);
                    }
                  });
    }

    private synchronized void send() {
      if (over) {
        return;
      }
      try {
        sent = client.sendAsync(request, bodies);
      } catch (RuntimeException e) {
        reply.completeExceptionally(new NeverSentException(e.toString(), e));
        return;
      }
      var unused =
          sent.whenComplete(
              (answer, failure) -> {
                if (failure == null) {
                  reply.complete(
                      new HttpReply(answer.statusCode(), answer.headers(), answer.body()));
                } else {
                  reply.completeExceptionally(failure);
                }
              });
    }

    /** Gives up what is still under way. */
    synchronized void end() {
      over = true;
      if (sent != null) {
        sent.cancel(true);
      }
    }

    private synchronized boolean wasSent() {
      return sent != null;
    }

    Throwable told(Throwable cause) {
      String authority = request.uri().getAuthority();
      if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
        return new NeverSentException("no connection to " + authority, cause);
      }
      if (cause instanceof TimeoutException) {
        return wasSent()
            ? new TimeoutException(authority + " did not answer within " + limit.toMillis() + " ms")
            : NameLookups.silent(request.uri().getHost(), limit);
      }
      Optional<String> refused = TlsReason.ofRefusedCertificate(cause);
      if (refused.isPresent()) {
        return new NeverSentException(
            "no connection to " + authority + ": " + refused.get(), cause);
      }
      return cause instanceof IOException && !(cause instanceof NeverSentException)
          ? new IOException(authority + ": " + TlsReason.of(cause), cause)
          : cause;
    }
  }
}
