package io.quiverdb.coordinator.member;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Passes a caller's request on to another member, one hop. Thread-safe. */
public final class Forwarding {
  /** Marks a request that was passed on once, with the id of the member that did; never again. */
  public static final String HEADER = "X-Quiver-Forwarded";

  private static final int MAX_IN_FLIGHT = 1024;

  private final HttpClient http;
  private final String self;
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);

  /**
   * Passes requests on.
   *
   * @param self this member's id
   */
  public Forwarding(HttpClient http, String self) {
    this.http = http;
    this.self = self;
  }

  /**
   * A request as it came.
   *
   * @param method of HTTP
   * @param pathAndQuery still encoded
   * @param headers those that mean something to the leader: key, conditions, content type
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Request(
      String method, String pathAndQuery, Map<String, String> headers, byte[] body) {}

  /** What became of it. */
  public sealed interface Result {
    /** The other member answered. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answered(int status, byte[] body, Map<String, List<String>> headers) implements Result {}

    /** The request surely never reached it. */
    record NeverSent(String reason) implements Result {}

    /** It may have reached it. */
    record Unknown(String reason) implements Result {}
  }

  /**
   * Passes a request on.
   *
   * @param limit the longest that the answer, body included, may take
   * @return completes within the limit, never exceptionally
   */
  public CompletableFuture<Result> send(URI member, Request request, Duration limit) {
    if (!inFlight.tryAcquire()) {
      return CompletableFuture.completedFuture(
          new Result.NeverSent(MAX_IN_FLIGHT + " requests are being passed on already"));
    }
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(member + request.pathAndQuery()))
            .timeout(limit)
            .header(HEADER, self)
            .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach(builder::header);
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
    return exchange
        .copy()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              inFlight.release();
              exchange.cancel(true);
              return failure == null
                  ? new Result.Answered(
                      response.statusCode(), response.body(), response.headers().map())
                  : failed(failure);
            });
  }

  private static Result failed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException
            ? Optional.ofNullable(failure.getCause()).orElse(failure)
            : failure;
    return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
        ? new Result.NeverSent("cannot connect: " + cause.getMessage())
        : new Result.Unknown(cause.toString());
  }
}
