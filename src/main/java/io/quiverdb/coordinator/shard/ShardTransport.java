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
 * once, and what it had not delivered yet never arrives. Thread-safe.
 */
public final class ShardTransport {
  /** So often a moment may pass unused between the fence and the first byte. */
  private static final int MOST_STALLS = 3;

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

  /** The same; but the body of a 2xx answer goes to a sink, if there is one, not into the reply. */
  HttpReply read(String url, ShardRequest request, @Nullable Sink sink)
      throws ShardException, InterruptedException {
    try {
      // Asked again for less, the shard can answer.
      return send(asRequest(url, request), request, Kind.REFUSED, sink);
    } catch (TooLateException e) {
      throw new IllegalStateException("a read may be sent at any time", e);
    }
  }

  /**
   * Sends a request that changes data, while this node may. A process that was stopped wakes up
   * without knowing that time went by: so the clock is looked at before every stretch of the
   * request, and what is left of it never leaves. A shard acts on no body that is cut short. Where
   * nothing has left yet the fence is asked once more, for this node may still lead.
   *
   * @throws FencedException if nothing of it was sent, because this node may not lead any more
   */
  HttpReply change(String url, ShardRequest request) throws ShardException, InterruptedException {
    for (int stalls = 0; stalls < MOST_STALLS; stalls++) {
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
        url + ": " + request + " was not sent: " + MOST_STALLS + " times it was too late for that");
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
