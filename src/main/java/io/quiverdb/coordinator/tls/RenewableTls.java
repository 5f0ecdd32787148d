// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What one side of TLS shows and trusts, replaced while it is in use. New connections go by what is
 * there now; those that stand go on. Thread-safe.
 */
public final class RenewableTls {
  private final Optional<RenewableKeys> keys;
  private final RenewableTrust trust;
  private final SSLContext client;
  private final List<Consumer<SSLContext>> servers = new CopyOnWriteArrayList<>();

  private RenewableTls(Optional<RenewableKeys> keys, RenewableTrust trust) {
    this.keys = keys;
    this.trust = trust;
    this.client = context();
  }

  /** A member: it shows its certificate, and trusts its CAs. */
  public static RenewableTls of(TlsMaterial material) {
    return new RenewableTls(
        Optional.of(new RenewableKeys(material)), new RenewableTrust(material.authorities()));
  }

  /** A client that shows no certificate. */
  public static RenewableTls trusting(List<X509Certificate> authorities) {
    return new RenewableTls(Optional.empty(), new RenewableTrust(authorities));
  }

  /** Shows and trusts this from now on. */
  public void replace(TlsMaterial material) {
    keys.ifPresent(manager -> manager.replace(material));
    replace(material.authorities());
  }

  /** Trusts these from now on. */
  public void replace(List<X509Certificate> authorities) {
    trust.replace(authorities);
    forget(client.getClientSessionContext());
    servers.forEach(server -> server.accept(context()));
  }

  /** A session that is resumed is not checked again. */
  private static void forget(SSLSessionContext sessions) {
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }

  /** For clients; the same for good. */
  public SSLContext client() {
    return client;
  }

  /**
   * For a server. It is given a new context at each change: tickets for sessions of the one before,
   * with which a client would not be checked again, are of no use there.
   */
  public void serve(Consumer<SSLContext> server) {
    server.accept(context());
    servers.add(server);
  }

  /**
   * The certificate of the other side, if it is valid and trusted now: a connection, or a session
   * that was resumed, may be older than the CAs of the moment.
   */
  public Optional<X509Certificate> peer(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      X509Certificate[] known = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
      return trust.trusts(session, known) ? Optional.of(known[0]) : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // it has shown none
    }
  }

  /** Shows the certificate of the moment; there is none for {@link #trusting}. */
  public X509ExtendedKeyManager keyManager() {
    return keys.orElseThrow(() -> new IllegalStateException("there is no certificate to show"));
  }

  /** Trusts the CAs of the moment. */
  public X509ExtendedTrustManager trustManager() {
    return trust;
  }

  private SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys.map(manager -> new KeyManager[] {manager}).orElse(new KeyManager[0]),
          new TrustManager[] {trust},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
