package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.Member;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Passes this member's own bootstrap on to the leader, with this member's own admin key. */
final class LeaderRequests {
  private static final String PATH = "/internal/bootstrap";
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final HttpClient http;
  private final List<Member> members;
  private final Optional<String> adminKey;

  LeaderRequests(HttpClient http, List<Member> members, Optional<String> adminKey) {
    this.http = http;
    this.members = members;
    this.adminKey = adminKey;
  }

  /**
   * Offers a bootstrap to the leader.
   *
   * @return the status of the answer
   */
  CompletableFuture<Integer> offer(String leaderId, Proposal bootstrap) {
    Optional<URI> leader =
        members.stream().filter(m -> m.id().equals(leaderId)).map(Member::http).findFirst();
    if (leader.isEmpty()) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(leaderId + " is not among the configured members"));
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(leader.get() + PATH))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(EntryCodec.current().encode(bootstrap, 1)));
    adminKey.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
        .thenApply(HttpResponse::statusCode);
  }
}
