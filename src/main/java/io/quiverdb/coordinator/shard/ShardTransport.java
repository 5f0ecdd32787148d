package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import io.quiverdb.coordinator.http.Sink;
import io.quiverdb.coordinator.http.TooLargeException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests to shards and waits for their answers, of whatever status. An interrupted call
 * ends at once. Thread-safe.
 */
final class ShardTransport {
  private static final byte[] NO_BODY = {};

  private final BoundedHttp http;
  private final Optional<String> key;
  private final Fence fence;

  ShardTransport(BoundedHttp http, Optional<String> key, Fence fence) {
    this.http = http;
    this.key = key;
    this.fence = fence;
  }

  /** Sends a request that changes nothing. */
  HttpReply read(String url, ShardRequest request) throws ShardException, InterruptedException {
    // Asked again for less, the shard can answer.
    return send(url, request, body(request), Kind.REFUSED, null);
  }

  /** Likewise; the body of a 2xx answer goes to a sink, not into the reply. */
  HttpReply read(String url, ShardRequest request, Sink sink)
      throws ShardException, InterruptedException {
    return send(url, request, body(request), Kind.REFUSED, sink);
  }

  private static BodyPublisher body(ShardRequest request) {
    return request.json().map(BodyPublishers::ofByteArray).orElseGet(BodyPublishers::noBody);
  }

  /**
   * Sends a request that changes data, while this node may.
   *
   * @throws FencedException if nothing of its body was sent
   */
  HttpReply change(String url, ShardRequest request) throws ShardException, InterruptedException {
    DeadlineBody body = new DeadlineBody(request.json().orElse(NO_BODY), fence.sendUntilNanos());
    try {
      return send(url, request, body, Kind.BROKEN, null);
    } catch (ShardException e) {
      if (!body.stopped()) {
        throw e;
      }
      if (!body.begun()) {
        throw new FencedException(url + ": " + request + " was not sent: it is too late for that");
      }
      throw new ShardException(
          Kind.TIMED_OUT, url, request + " was cut short: it is too late for the rest");
    }
  }

  private HttpReply send(
      String url, ShardRequest asked, BodyPublisher body, Kind tooLarge, @Nullable Sink sink)
      throws ShardException, InterruptedException {
    try {
      HttpRequest.Builder request =
          BoundedHttp.request(url, asked.path()).method(asked.method(), body);
      if (asked.json().isPresent()) {
        request.header("Content-Type", "application/json");
      }
      key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
      return sink == null
          ? http.call(request.build(), asked.limit(), asked.maxBytes())
          : http.call(request.build(), asked.limit(), asked.maxBytes(), sink);
    } catch (NeverSentException e) {
      throw new ShardException(Kind.NEVER_SENT, url, Failures.reason(e));
    } catch (TimeoutException e) {
      throw new ShardException(
          Kind.TIMED_OUT, url, asked + " got no answer within " + asked.limit().toMillis() + " ms");
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      Kind kind = cause instanceof TooLargeException ? tooLarge : Kind.BROKEN;
      throw new ShardException(kind, url, asked + " broke off: " + Failures.reason(cause));
    }
  }
}
