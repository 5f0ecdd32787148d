// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.OtherMemberException;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Asks members for their reports over {@code GET /internal/member}. Thread-safe. */
public final class HttpPeers implements Peers {
  /** The path of the report. */
  public static final String PATH = "/internal/member";

  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int MAX_BYTES = 64 << 10;

  private final BoundedHttp http;
  private final String ensemble;
  private final Introduction introduction;
  private final Clock clock;
  private final Map<String, Instant> contacts = new ConcurrentHashMap<>();

  /**
   * Asks the members of one ensemble.
   *
   * @param ensemble its name; the answer of a member of another ensemble is refused
   * @param introduction proves that a member asks, and checks that a member answers
   * @param clock for the time of the last answer
   */
  public HttpPeers(BoundedHttp http, String ensemble, Introduction introduction, Clock clock) {
    this.http = http;
    this.ensemble = ensemble;
    this.introduction = introduction;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<MemberReport> report(Member member) {
    try {
      HttpRequest.Builder request = BoundedHttp.request(member.http().toString(), PATH).GET();
      String nonce = introduction.add(request, "GET", PATH);
      return http.send(request.build(), LIMIT, MAX_BYTES)
          .thenCompose(
              reply -> {
                try {
                  return CompletableFuture.completedFuture(checked(member, nonce, reply));
                } catch (IOException e) {
                  return CompletableFuture.failedFuture(e);
                }
              });
    } catch (NeverSentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private MemberReport checked(Member member, String nonce, HttpReply reply) throws IOException {
    if (reply.status() != 200) {
      throw new IOException(member.http() + " answers " + reply.status() + refused(reply.status()));
    }
    introduction.check(nonce, reply.headers().firstValue(Introduction.PROOF), reply.body());
    MemberReport report = MemberReportJson.fromBytes(reply.body());
    if (!report.ensemble().equals(ensemble)) {
      throw new OtherMemberException(
          other(member, report)
              + ". Correct http of member "
              + member.id()
              + " in ensemble.members, or ensemble.name of either side");
    }
    if (!member.id().isEmpty() && !report.id().equals(member.id())) {
      throw new OtherMemberException(
          other(member, report)
              + ". Correct http of these members in ensemble.members, or node.id there");
    }
    contacts.put(report.id(), clock.instant());
    return report;
  }

  @Override
  public Optional<Instant> lastContact(String memberId) {
    return Optional.ofNullable(contacts.get(memberId));
  }

  private static String refused(int status) {
    return status == 403
        ? ": it does not take this member for one; see its tls.ca_file, or ensemble.secret of both"
        : "";
  }

  private String other(Member member, MemberReport report) {
    return member.http()
        + " is not "
        + (member.id().isEmpty() ? "a member" : "member " + member.id())
        + " of ensemble "
        + ensemble
        + ", but member "
        + report.id()
        + " of ensemble "
        + report.ensemble();
  }
}
