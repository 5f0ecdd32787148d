// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts CAs that can be replaced at any time. */
final class RenewableTrust extends X509ExtendedTrustManager {
  private static final String TRUSTED = "quiver.trusted-by";

  private volatile X509ExtendedTrustManager now;

  RenewableTrust(List<X509Certificate> authorities) {
    this.now = Trust.in(authorities);
  }

  void replace(List<X509Certificate> authorities) {
    now = Trust.in(authorities);
  }

  /**
   * Whether a client with this chain would be accepted now. Caches the result in the session, for
   * the same CAs.
   */
  boolean trusts(SSLSession session, X509Certificate[] chain) {
    X509ExtendedTrustManager asked = now;
    try {
      for (X509Certificate certificate : chain) {
        certificate.checkValidity();
      }
      if (session.getValue(TRUSTED) != asked) {
        asked.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
        session.putValue(TRUSTED, asked);
      }
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    now.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    now.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    now.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    now.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    now.checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    now.checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return now.getAcceptedIssuers();
  }
}
