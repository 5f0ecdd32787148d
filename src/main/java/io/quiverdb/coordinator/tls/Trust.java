// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts certificates of certain CAs only. */
public final class Trust {
  private Trust() {}

  /**
   * The CAs in a PEM file.
   *
   * @throws TlsException if it is missing or broken
   */
  public static List<X509Certificate> authorities(Path file) throws TlsException {
    return Pem.certificates(file);
  }

  /** Checks as the JDK does: signatures, times, and the host name where one is given. */
  static X509ExtendedTrustManager in(List<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry("ca-" + store.size(), authority);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("every JDK has a trust manager of this kind");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK can check certificates", e);
    }
  }
}
