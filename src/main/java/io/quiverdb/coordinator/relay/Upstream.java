// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.relay;

import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.http.TlsReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members, tried in turn; the one that answered last comes first. A request that one member may
 * have accepted is never sent to another one, unless it only reads. Thread-safe.
 */
final class Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);
  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final Duration CONNECT = Duration.ofSeconds(1);

  /** The time-out for the head of an answer; its body has none. */
  private final Duration limit;

  private final List<URI> members;
  private final HttpClient client;
  private volatile int first;

  /**
   * Members.
   *
   * @param limit the time-out for the head of an answer; a member may hold a poll for a while
   */
  Upstream(List<URI> members, Optional<SSLContext> tls, Duration limit) {
    this.members = List.copyOf(members);
    this.limit = limit;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT);
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /** The outcome of a request. */
  sealed interface Result {
    /** A member has answered; its body has not been read yet. */
    record Answered(HttpResponse<InputStream> response) implements Result {}

    /** No member has answered. */
    record Failed(int status, String detail) implements Result {}
  }

  /**
   * Sends a request to the first member that answers.
   *
   * @param headers the headers to forward
   * @param wait how long the caller asks to be held, beyond the limit
   */
  Result send(String method, String target, Map<String, String> headers, byte[] body, Duration wait)
      throws InterruptedException {
    List<String> failures = new ArrayList<>();
    Optional<HttpResponse<InputStream>> passing = Optional.empty();
    int start = first;
    for (int i = 0; i < members.size(); i++) {
      int turn = (start + i) % members.size();
      URI member = members.get(turn);
      try {
        HttpResponse<InputStream> answer =
            client.send(
                request(member, method, target, headers, body, wait),
                HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 503 || i == members.size() - 1) {
          note(turn, start);
          return new Result.Answered(answer);
        }
        // This member does not serve the map, or has surely not logged the change: another one may.
        passing = Optional.of(answer);
        close(answer);
        failures.add(member + ": 503");
      } catch (IOException e) {
        boolean unsent = unsent(e);
        failures.add(member + ": " + TlsReason.of(e));
        if (!unsent && !READING.contains(method)) {
          return new Result.Failed(
              504, "the outcome is unknown, repeat it with its Idempotency-Key: " + failures);
        }
      }
    }
    return new Result.Failed(passing.isPresent() ? 503 : 502, "no member answers: " + failures);
  }

  private HttpRequest request(
      URI member,
      String method,
      String target,
      Map<String, String> headers,
      byte[] body,
      Duration wait) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(member + target))
            .timeout(limit.plus(wait))
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    new TreeMap<>(headers).forEach(request::header);
    return request.build();
  }

  private void note(int turn, int start) {
    if (turn != start) {
      first = turn;
      LOG.info("requests go to {} from now on", members.get(turn));
    }
  }

  private static void close(HttpResponse<InputStream> answer) {
    try {
      answer.body().close();
    } catch (IOException e) {
      LOG.debug("the answer of a member was not read", e);
    }
  }

  private static boolean unsent(IOException failure) {
    Throwable cause = Failures.cause(failure);
    return cause instanceof ConnectException
        || failure instanceof ConnectException
        || failure instanceof HttpConnectTimeoutException
        || TlsReason.ofRefusedCertificate(failure).isPresent();
  }
}
