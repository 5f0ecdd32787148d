// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.Body;
import io.quiverdb.coordinator.api.http.EntityTags;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.http.RequestTarget;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.member.Forwarding;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Sends requests to other members with the caller's key. Thread-safe. */
public final class RequestForwarder {
  private static final List<String> PASSED =
      List.of("Authorization", "Content-Type", Headers.IDEMPOTENCY_KEY);

  private final Forwarding members;

  /** Uses this member's connections to the others. */
  public RequestForwarder(ApiContext node) {
    this.members = node.forwarding();
  }

  /** Whether another member forwarded this request; it must not be forwarded again. */
  public static boolean isForwarded(Context ctx) {
    return ctx.header(Forwarding.HEADER) != null;
  }

  /**
   * Forwards the request itself.
   *
   * @param limit the time-out for the whole answer
   * @return completes within the limit, never exceptionally
   */
  public CompletableFuture<Forwarding.Result> pass(Context ctx, URI member, Duration limit) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : PASSED) {
      Optional.ofNullable(ctx.header(name)).ifPresent(value -> headers.put(name, value));
    }
    String ifMatch = EntityTags.ifMatch(ctx);
    if (!ifMatch.isEmpty()) {
      headers.put(Headers.IF_MATCH, ifMatch);
    }
    return members.send(
        member,
        new Forwarding.Request(
            ctx.req().getMethod(), RequestTarget.of(ctx), headers, Body.bytes(ctx)),
        limit);
  }

  /**
   * Reads something from another member with the caller's key.
   *
   * @param path with its query, encoded
   * @return as for {@link #pass}
   */
  public CompletableFuture<Forwarding.Result> get(
      Context ctx, URI member, String path, Duration limit) {
    Map<String, String> headers = new TreeMap<>();
    Optional.ofNullable(ctx.header("Authorization"))
        .ifPresent(value -> headers.put("Authorization", value));
    return members.send(member, new Forwarding.Request("GET", path, headers, new byte[0]), limit);
  }

  /**
   * Forwards changes to the leader.
   *
   * @param authorization the header of the caller who asked for all of them; empty: none
   * @return as for {@link #pass}
   */
  CompletableFuture<Forwarding.Result> changes(URI leader, String authorization, byte[] entry) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("Content-Type", Responses.JSON);
    if (!authorization.isEmpty()) {
      headers.put("Authorization", authorization);
    }
    return members.send(
        leader,
        new Forwarding.Request("POST", ForwardedChanges.PATH, headers, entry),
        LeaderForwarder.ONE_ENTRY);
  }

  /** Answers with another member's status, body and content type, and these of its headers. */
  public static void relay(Context ctx, Forwarding.Result.Answered answer, String... names) {
    for (String name : names) {
      header(answer, name).ifPresent(value -> ctx.header(name, value));
    }
    Responses.bytes(
        ctx, answer.status(), header(answer, "Content-Type").orElse(Responses.JSON), answer.body());
  }

  static Optional<String> header(Forwarding.Result.Answered answer, String name) {
    return answer.headers().entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
        .flatMap(entry -> entry.getValue().stream())
        .findFirst();
  }
}
