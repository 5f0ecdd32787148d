// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import io.quiverdb.coordinator.member.Introduction;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Forwards this member's bootstrap to the leader, with this member's own admin key. */
final class BootstrapForwarder {
  private static final String PATH = "/internal/bootstrap";
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private static final int MAX_BYTES = 1 << 20;

  /** How much of an answer is logged. */
  private static final int MAX_TEXT_CHARS = 500;

  private final BoundedHttp http;
  private final Introduction introduction;
  private final Members members;
  private final Supplier<Optional<String>> adminKey;

  BootstrapForwarder(
      BoundedHttp http,
      Introduction introduction,
      Members members,
      Supplier<Optional<String>> adminKey) {
    this.http = http;
    this.introduction = introduction;
    this.members = members;
    this.adminKey = adminKey;
  }

  /** Offers a bootstrap to the leader. */
  CompletableFuture<Offered> offer(String leaderId, Proposal bootstrap) {
    Optional<URI> leader = members.find(leaderId).map(Member::http);
    if (leader.isEmpty()) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(leaderId + " is not among the members"));
    }
    HttpRequest.Builder request;
    try {
      request = BoundedHttp.request(leader.get().toString(), PATH);
    } catch (NeverSentException e) {
      return CompletableFuture.failedFuture(e);
    }
    request
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(EntryCodec.current().encode(bootstrap, 1)));
    String unused = introduction.add(request, "POST", PATH);
    adminKey.get().ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return http.send(request.build(), LIMIT, MAX_BYTES)
        .thenApply(reply -> Offered.answered(leaderId, reply.status(), text(reply)));
  }

  private static String text(HttpReply reply) {
    String text = new String(reply.body(), StandardCharsets.UTF_8);
    return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "...";
  }
}
