package io.quiverdb.coordinator.member;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Asks members for their reports over {@code GET /internal/member}. Thread-safe. */
public final class HttpPeers implements Peers {
  /** Where a member answers with its report. */
  public static final String PATH = "/internal/member";

  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int MAX_BYTES = 64 << 10;

  private final BoundedHttp http;
  private final String ensemble;

  /**
   * Asks the members of one ensemble.
   *
   * @param ensemble its name: a member of another one is no answer
   */
  public HttpPeers(BoundedHttp http, String ensemble) {
    this.http = http;
    this.ensemble = ensemble;
  }

  @Override
  public CompletableFuture<MemberReport> report(Member member) {
    try {
      return http.send(
              BoundedHttp.request(member.http().toString(), PATH).GET().build(), LIMIT, MAX_BYTES)
          .thenApply(reply -> checked(member, reply));
    } catch (NeverSentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private MemberReport checked(Member member, HttpReply reply) {
    if (reply.status() != 200) {
      throw new UncheckedIOException(
          new IOException(member.http() + " answered " + reply.status()));
    }
    try {
      MemberReport report = MemberReportJson.fromBytes(reply.body());
      if (!report.id().equals(member.id()) || !report.ensemble().equals(ensemble)) {
        throw new IOException(
            member.http()
                + " is member "
                + report.id()
                + " of ensemble "
                + report.ensemble()
                + ", not "
                + member.id()
                + " of "
                + ensemble);
      }
      return report;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
