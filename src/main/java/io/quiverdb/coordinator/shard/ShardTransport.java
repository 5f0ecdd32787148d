// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.DirectRequest;
import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import io.quiverdb.coordinator.http.Sink;
import io.quiverdb.coordinator.http.TooLargeException;
import io.quiverdb.coordinator.http.TooLateException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to shards and waits for their answers, of any status. An interrupted call ends at
 * once, and its undelivered bytes never arrive. Thread-safe.
 */
public final class ShardTransport {
  /** How often a call may ask the fence again because its moment passed before the first byte. */
  private static final int MAX_STALLS = 3;

  private final DirectHttp http;
  private final Optional<String> key;
  private final Fence fence;

  ShardTransport(DirectHttp http, Optional<String> key, Fence fence) {
    this.http = http;
    this.key = key;
    this.fence = fence;
  }

  /** Sends a request that changes nothing. */
  HttpReply read(String url, ShardRequest request) throws ShardException, InterruptedException {
    return read(url, request, null);
  }

  /**
   * Sends a request that changes nothing; the body of a 2xx answer goes to the sink, if there is
   * one.
   */
  HttpReply read(String url, ShardRequest request, @Nullable Sink sink)
      throws ShardException, InterruptedException {
    try {
      // The shard can answer a smaller request.
      return send(asRequest(url, request), request, Kind.REFUSED, sink);
    } catch (TooLateException e) {
      throw new IllegalStateException("a read may be sent at any time", e);
    }
  }

  /**
   * Sends a request that changes data, while this member may. A paused process does not notice the
   * pause, so the clock is checked before each part of the request, and the rest is not sent after
   * the deadline. A shard ignores a truncated body. If nothing was sent yet, the fence is asked
   * again, because this member may still lead.
   *
   * @throws FencedException if nothing of it was sent, because this member may not lead any more
   */
  HttpReply change(String url, ShardRequest request) throws ShardException, InterruptedException {
    for (int stalls = 0; stalls < MAX_STALLS; stalls++) {
      try {
        long until = fence.sendUntilNanos();
        DirectRequest fenced = asRequest(url, request).until(() -> fence.nanos() - until >= 0);
        return send(fenced, request, Kind.BROKEN, null);
      } catch (TooLateException e) {
        if (e.begun()) {
          throw new ShardException(
              Kind.TIMED_OUT, url, request + " was cut short: it is too late for the rest");
        }
      }
    }
    throw new FencedException(
        url + ": " + request + " was not sent: " + MAX_STALLS + " times it was too late for that");
  }

  private DirectRequest asRequest(String url, ShardRequest asked) {
    DirectRequest request = DirectRequest.of(url, asked.method(), asked.path());
    if (asked.json().isPresent()) {
      request = request.with(asked.json().get()).with("Content-Type", "application/json");
    }
    return key.isPresent() ? request.with("Authorization", "Bearer " + key.get()) : request;
  }

  private HttpReply send(
      DirectRequest request, ShardRequest asked, Kind tooLarge, @Nullable Sink sink)
      throws ShardException, TooLateException, InterruptedException {
    String url = request.baseUrl();
    try {
      return sink == null
          ? http.call(request, asked.limit(), asked.maxBytes())
          : http.call(request, asked.limit(), asked.maxBytes(), sink);
    } catch (TooLateException e) {
      throw e;
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
