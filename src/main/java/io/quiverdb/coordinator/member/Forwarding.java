// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.http.NeverSentException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Forwards a caller's request to another member, one hop. Thread-safe. */
public final class Forwarding {
  /**
   * Marks a forwarded request, with the id of the member that forwarded it; it is not forwarded
   * again.
   */
  public static final String HEADER = "X-Quiver-Forwarded";

  /** The limit of an answer; a map of 4,096 shards with many replicas fits. */
  private static final int MAX_BYTES = 64 << 20;

  private final BoundedHttp http;
  private final String self;
  private final Introduction introduction;

  /**
   * Forwards requests.
   *
   * @param self this member's id
   * @param introduction proves that it is a member
   */
  public Forwarding(BoundedHttp http, String self, Introduction introduction) {
    this.http = http;
    this.self = self;
    this.introduction = introduction;
  }

  /**
   * A request as it arrived.
   *
   * @param method of HTTP
   * @param pathAndQuery still encoded
   * @param headers the headers that the leader needs: key, conditions, content type
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Request(
      String method, String pathAndQuery, Map<String, String> headers, byte[] body) {}

  /** The outcome of forwarding. */
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
   * Forwards a request.
   *
   * @param limit the time-out for the whole answer
   * @return completes within the limit, never exceptionally
   */
  public CompletableFuture<Result> send(URI member, Request request, Duration limit) {
    HttpRequest.Builder builder;
    try {
      builder = BoundedHttp.request(member.toString(), request.pathAndQuery());
    } catch (NeverSentException e) {
      return CompletableFuture.completedFuture(new Result.NeverSent(e.getMessage() + ""));
    }
    builder
        .header(HEADER, self)
        .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach(builder::header);
    String unused = introduction.add(builder, request.method(), request.pathAndQuery());
    return http.send(builder.build(), limit, MAX_BYTES)
        .handle(
            (reply, failure) ->
                failure == null
                    ? new Result.Answered(reply.status(), reply.body(), reply.headers().map())
                    : failed(Failures.cause(failure)));
  }

  private static Result failed(Throwable cause) {
    return cause instanceof NeverSentException
        ? new Result.NeverSent(Failures.reason(cause))
        : new Result.Unknown(Failures.reason(cause));
  }
}
