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

/** Passes a caller's request on to another member, one hop. Thread-safe. */
public final class Forwarding {
  /** Marks a request that was passed on once, with the id of the member that did; never again. */
  public static final String HEADER = "X-Quiver-Forwarded";

  /** A map of 4,096 shards with many replicas fits. */
  private static final int MAX_BYTES = 64 << 20;

  private final BoundedHttp http;
  private final String self;
  private final Introduction introduction;

  /**
   * Passes requests on.
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
