package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import io.quiverdb.coordinator.http.TooLargeException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

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
    BodyPublisher body =
        request.json().map(BodyPublishers::ofByteArray).orElseGet(BodyPublishers::noBody);
    // Asked again for less, the shard can answer.
    return send(url, request, body, Kind.REFUSED);
  }

  /**
   * Sends a request that changes data, while this node may.
   *
   * @throws FencedException if nothing of its body was sent
   */
  HttpReply change(String url, ShardRequest request) throws ShardException, InterruptedException {
    DeadlineBody body = new DeadlineBody(request.json().orElse(NO_BODY), fence.sendUntilNanos());
    try {
      return send(url, request, body, Kind.BROKEN);
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

  private HttpReply send(String url, ShardRequest asked, BodyPublisher body, Kind tooLarge)
      throws ShardException, InterruptedException {
    try {
      HttpRequest.Builder request =
          BoundedHttp.request(url, asked.path()).method(asked.method(), body);
      if (asked.json().isPresent()) {
        request.header("Content-Type", "application/json");
      }
      key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
      return http.call(request.build(), asked.limit(), asked.maxBytes());
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
