package io.quiverdb.coordinator.http;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client over HTTP/1.1 whose calls all end: in time, in size and in number. Thread-safe.
 *
 * <p>{@code HttpRequest.timeout} of the JDK ends at the headers; here the limit covers the body
 * too.
 */
public final class BoundedHttp implements AutoCloseable {
  private static final byte[] NO_BODY = {};

  private final HttpClient client;
  private final ExecutorService threads;
  private final Semaphore free;

  /**
   * A client.
   *
   * @param name of its threads
   * @param connectTimeout until a connection stands
   * @param maxInFlight how many calls may be under way; one more fails at once
   */
  public BoundedHttp(String name, Duration connectTimeout, int maxInFlight) {
    this.threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(threads)
            .build();
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
    CompletableFuture<HttpResponse<byte[]>> exchange;
    try {
      exchange = client.sendAsync(request, bodies);
    } catch (RuntimeException e) {
      free.release();
      return CompletableFuture.failedFuture(new NeverSentException(e.toString(), e));
    }
    CompletableFuture<HttpReply> reply =
        exchange
            .thenApply(r -> new HttpReply(r.statusCode(), r.headers(), r.body()))
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    return reply
        .whenComplete(
            (done, failure) -> {
              free.release();
              if (failure != null) {
                exchange.cancel(true);
              }
            })
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(told(failure, request.uri(), limit)));
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
   * Likewise; but the body of an answer with a status of 2xx goes to a sink as it comes in, and the
   * reply's own is empty. After a failure, the sink may still be called for a moment.
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

  private static BodySubscriber<byte[]> collected(HttpResponse.ResponseInfo head, int maxBytes) {
    long announced = announced(head);
    Collector collector = new Collector(announced > maxBytes ? -1 : announced);
    return BodySubscribers.mapping(
        new BoundedBody(maxBytes, announced, collector), all -> collector.bytes());
  }

  private static long announced(HttpResponse.ResponseInfo head) {
    return head.headers().firstValueAsLong("content-length").orElse(-1);
  }

  private static Throwable told(Throwable failure, URI uri, Duration limit) {
    Throwable cause = Failures.cause(failure);
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      return new NeverSentException("no connection to " + uri.getAuthority(), cause);
    }
    if (cause instanceof TimeoutException) {
      return new TimeoutException(
          uri.getAuthority() + " did not answer within " + limit.toMillis() + " ms");
    }
    return cause instanceof IOException
        ? new IOException(uri.getAuthority() + ": " + Failures.reason(cause), cause)
        : cause;
  }

  /** Ends its threads; calls under way fail. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
