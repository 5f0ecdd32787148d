// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** TLS for a client that runs one command. */
public final class ClientTls {
  private ClientTls() {}

  /**
   * Uses the certificates in these PEM files.
   *
   * @param ca the trusted CAs; empty: those of the JVM
   * @param cert the client certificate; empty, together with its key: none
   * @throws TlsException if a file is missing or broken, or one of the two is given alone
   */
  public static SSLContext context(Optional<Path> ca, Optional<Path> cert, Optional<Path> key)
      throws TlsException {
    if (cert.isPresent() != key.isPresent()) {
      throw new TlsException("a certificate and its key go together: give both files");
    }
    KeyManager[] keys = {};
    if (cert.isPresent() && key.isPresent()) {
      keys = new KeyManager[] {new RenewableKeys(TlsMaterial.own(cert.get(), key.get()))};
    }
    TrustManager[] trusted =
        ca.isPresent() ? new TrustManager[] {Trust.in(Pem.certificates(ca.get()))} : null;
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trusted, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
