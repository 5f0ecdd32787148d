// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.TlsReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the members in turn until one gives a final answer: any status except 502, 503 and 504. It
 * asks that member first from then on. Not thread-safe.
 */
public final class RestClient {
  private static final int MAX_ANSWER_BYTES = 64 << 20;
  private static final int MAX_REFUSAL_BYTES = 64 << 10;
  private static final Duration MAX_CONNECT_TIME = Duration.ofSeconds(3);

  private final List<Endpoint> endpoints;
  private final Optional<String> apiKey;
  private final Duration timeout;
  private final HttpClient http;
  private int first;

  /**
   * @param endpoints at least one, in the order in which they are tried
   * @param apiKey the API key; visible ASCII
   * @param timeout for one attempt, the body included
   * @param tls the client certificate and trusted CAs; empty: the CAs that the JVM trusts
   */
  public RestClient(
      List<Endpoint> endpoints,
      Optional<String> apiKey,
      Duration timeout,
      Optional<SSLContext> tls) {
    this.endpoints = List.copyOf(endpoints);
    this.apiKey = apiKey;
    this.timeout = timeout;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Collections.min(List.of(timeout, MAX_CONNECT_TIME)));
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /**
   * Asks.
   *
   * @throws RestException if it was refused, if no member could answer, or if none was reached
   * @throws InterruptedException if the caller was
   */
  public RestAnswer send(RestRequest request) throws RestException, InterruptedException {
    return inTurn(
        request,
        endpoint -> {
          Reply reply = attempt(endpoint, request);
          return reply.success() ? Turn.taken(reply.answer()) : Turn.refused(reply);
        });
  }

  /**
   * Opens a stream of events.
   *
   * @throws RestException as {@link #send}
   * @throws InterruptedException if the caller was
   */
  public EventStream follow(RestRequest request) throws RestException, InterruptedException {
    return inTurn(request, endpoint -> opened(endpoint, request));
  }

  /** The member that answered last is asked last from now on. */
  public void passOver() {
    first = (first + 1) % endpoints.size();
  }

  /** What came of asking one member: a result, or a reply without one. */
  private record Turn<T>(Optional<T> result, Optional<Reply> refusal) {
    static <T> Turn<T> taken(T result) {
      return new Turn<>(Optional.of(result), Optional.empty());
    }

    static <T> Turn<T> refused(Reply reply) {
      return new Turn<>(Optional.empty(), Optional.of(reply));
    }
  }

  /** Asks one member. */
  @FunctionalInterface
  private interface Asking<T> {
    Turn<T> at(Endpoint endpoint) throws Unanswered, RestException, InterruptedException;
  }

  private <T> T inTurn(RestRequest request, Asking<T> asking)
      throws RestException, InterruptedException {
    List<String> failures = new ArrayList<>();
    Optional<String> unknownAt = Optional.empty();
    Reply passing = null;
    int start = first;
    for (int i = 0; i < endpoints.size(); i++) {
      int turn = (start + i) % endpoints.size();
      Endpoint endpoint = endpoints.get(turn);
      try {
        Turn<T> came = asking.at(endpoint);
        if (came.refusal().isEmpty()) {
          first = turn;
          return came.result().orElseThrow();
        }
        Reply reply = came.refusal().get();
        if (!reply.passing()) {
          first = turn;
          throw Advice.refused(request, reply, unknownAt);
        }
        passing = reply;
        failures.add(endpoint.base() + ": " + reply.problem());
        unknownAt = reply.outcomeUnknown() ? Optional.of(endpoint.base()) : unknownAt;
      } catch (Unanswered e) {
        failures.add(endpoint.base() + ": " + e.getMessage());
        unknownAt = e.sent ? Optional.of(endpoint.base()) : unknownAt;
      }
    }
    throw passing != null && endpoints.size() == 1
        ? Advice.refused(request, passing, unknownAt)
        : Advice.nobody(request, failures, unknownAt, passing);
  }

  /**
   * What the first endpoint answers to a read, whatever the status: for commands that look at each
   * member by itself.
   *
   * @throws RestException if it does not answer; the message says why
   */
  public Fetched fetch(String path) throws RestException, InterruptedException {
    try {
      Reply reply = attempt(endpoints.get(0), RestRequest.get(path));
      return new Fetched(
          reply.status(), reply.headers(), reply.body(), reply.success() ? "" : reply.problem());
    } catch (Unanswered e) {
      throw new RestException(String.valueOf(e.getMessage()), List.of(), true);
    }
  }

  private Turn<EventStream> opened(Endpoint endpoint, RestRequest request)
      throws Unanswered, InterruptedException {
    HttpResponse<InputStream> response =
        exchange(endpoint, request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() == 200) {
      return Turn.taken(new EventStream(endpoint.base(), response.body()));
    }
    try (InputStream body = response.body()) {
      return Turn.refused(reply(endpoint, response, body.readNBytes(MAX_REFUSAL_BYTES)));
    } catch (IOException e) {
      throw new Unanswered("the connection was lost: " + e.getMessage(), true);
    }
  }

  private Reply attempt(Endpoint endpoint, RestRequest request)
      throws Unanswered, InterruptedException {
    HttpResponse<byte[]> response =
        exchange(endpoint, request, BoundedHttp.collecting(MAX_ANSWER_BYTES));
    return reply(endpoint, response, response.body());
  }

  private static Reply reply(Endpoint endpoint, HttpResponse<?> response, byte[] body) {
    return new Reply(
        endpoint,
        response.statusCode(),
        response.headers(),
        new String(body, StandardCharsets.UTF_8));
  }

  /** {@code HttpRequest.timeout} ends at the headers, so that the whole exchange is timed here. */
  private <B> HttpResponse<B> exchange(
      Endpoint endpoint, RestRequest request, HttpResponse.BodyHandler<B> body)
      throws Unanswered, InterruptedException {
    CompletableFuture<HttpResponse<B>> exchange = http.sendAsync(http(endpoint, request), body);
    try {
      return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Unanswered(
          "no answer within " + timeout.toMillis() + " ms" + proxy(endpoint), true);
    } catch (ExecutionException e) {
      Unanswered unanswered = unanswered(e.getCause());
      throw new Unanswered(unanswered.getMessage() + proxy(endpoint), unanswered.sent);
    } finally {
      exchange.cancel(true);
    }
  }

  private HttpRequest http(Endpoint endpoint, RestRequest request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(endpoint.at(request.path()))
            .header("Accept", "application/json, application/problem+json, text/event-stream")
            .method(
                request.method(),
                request.body().map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()));
    if (request.body().isPresent()) {
      builder.header("Content-Type", "application/json");
    }
    request.headers().forEach(builder::header);
    apiKey.ifPresent(key -> builder.header("Authorization", "Bearer " + key));
    return builder.build();
  }

  /** Names the proxy of the JVM, which is easily forgotten. */
  private static String proxy(Endpoint endpoint) {
    ProxySelector selector = ProxySelector.getDefault();
    return selector == null
        ? ""
        : selector.select(endpoint.at("/")).stream()
            .filter(proxy -> proxy.type() != Proxy.Type.DIRECT)
            .findFirst()
            .map(proxy -> ", through the proxy " + proxy.address() + " of this JVM")
            .orElse("");
  }

  private static Unanswered unanswered(@Nullable Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return new Unanswered("no connection in time", false);
    }
    if (cause instanceof ConnectException connect) {
      boolean unresolved = connect.getCause() instanceof UnresolvedAddressException;
      return new Unanswered(unresolved ? "the host is not known" : "connection refused", false);
    }
    Optional<String> refused =
        cause == null ? Optional.empty() : TlsReason.ofRefusedCertificate(cause);
    if (refused.isPresent()) {
      return new Unanswered(
          refused.get() + " (--cacert, QUIVER_COORDINATOR_CACERT: the CAs to trust)", false);
    }
    if (cause instanceof SSLException) {
      return new Unanswered(
          TlsReason.of(cause) + " (--cert and --key, if it asks for a certificate)", true);
    }
    String said = cause == null ? "unknown failure" : String.valueOf(cause.getMessage());
    return new Unanswered(
        cause instanceof IOException ? "the connection was lost: " + said : said, true);
  }

  /** No answer came. */
  private static final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whether the request may have arrived. */
    private final boolean sent;

    Unanswered(String message, boolean sent) {
      super(message);
      this.sent = sent;
    }
  }
}
