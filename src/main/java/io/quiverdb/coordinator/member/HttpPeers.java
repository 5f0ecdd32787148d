package io.quiverdb.coordinator.member;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks members for their reports over {@code GET /internal/member}. Thread-safe. */
public final class HttpPeers implements Peers {
  /** Where a member answers with its report. */
  public static final String PATH = "/internal/member";

  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final HttpClient http;
  private final String ensemble;

  /**
   * Asks the members of one ensemble.
   *
   * @param ensemble its name: a member of another one is no answer
   */
  public HttpPeers(HttpClient http, String ensemble) {
    this.http = http;
    this.ensemble = ensemble;
  }

  @Override
  public CompletableFuture<MemberReport> report(Member member) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(member.http() + PATH)).timeout(LIMIT).GET().build();
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    // The request's own time-out ends at the headers; this one covers the body.
    return exchange
        .copy()
        .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((response, failure) -> exchange.cancel(true))
        .thenApply(response -> checked(member, response));
  }

  private MemberReport checked(Member member, HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      throw new UncheckedIOException(
          new IOException(member.http() + " answered " + response.statusCode()));
    }
    try {
      MemberReport report = MemberReportJson.fromBytes(response.body());
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
