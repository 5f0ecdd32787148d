// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.member.EnsembleSecret;
import io.quiverdb.coordinator.member.Introduction;
import io.quiverdb.coordinator.tls.CertificateNames;
import io.quiverdb.coordinator.tls.RenewableTls;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.EndPoint.SslSessionData;
import org.eclipse.jetty.server.Request;

/**
 * Checks that a caller is a member: by a certificate that names one, or by the ensemble's secret.
 *
 * @param tls the CAs that this member trusts; empty: it has no TLS
 * @param secret the secret of all members; empty: there is none
 * @param certified whether members call each other over TLS only, so that no plain connection is a
 *     member's
 */
public record MemberProof(
    Optional<RenewableTls> tls, Optional<EnsembleSecret> secret, boolean certified) {
  /** Accepts all callers. */
  public static final MemberProof NONE = new MemberProof(Optional.empty(), Optional.empty(), false);

  /**
   * Whether a member sends this request, or no proof is configured.
   *
   * @param hosts of the members that it may be; at least one
   */
  public boolean holds(Request request, Collection<String> hosts) {
    Optional<SSLSession> session = session(request);
    if (session.isPresent()) {
      return certified(session.get(), hosts) || secretly(request);
    }
    return secret.isPresent() ? secretly(request) : !certified;
  }

  /** The TLS session; the scheme in a request cannot be trusted. */
  public static Optional<SSLSession> session(Request request) {
    return request.getAttribute(SslSessionData.ATTRIBUTE) instanceof SslSessionData data
        ? Optional.ofNullable(data.sslSession())
        : Optional.empty();
  }

  private boolean certified(SSLSession session, Collection<String> hosts) {
    Optional<X509Certificate> shown = tls.flatMap(material -> material.peer(session));
    return shown.isPresent()
        && hosts.stream().anyMatch(host -> CertificateNames.name(shown.get(), host));
  }

  private boolean secretly(Request request) {
    String nonce = request.getHeaders().get(Introduction.NONCE);
    String proof = request.getHeaders().get(Introduction.PROOF);
    return secret.isPresent()
        && nonce != null
        && proof != null
        && secret
            .get()
            .provesRequest(proof, request.getMethod(), request.getHttpURI().getPathQuery(), nonce);
  }

  /** The headers of an answer to a member that prove that a member gives it. */
  public Optional<String> answer(Optional<String> nonce, byte[] body) {
    return secret.flatMap(known -> nonce.map(number -> known.answer(number, body)));
  }
}
