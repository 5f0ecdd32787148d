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
 * The certificate and the trusted CAs of one side of TLS, which can be replaced while in use. New
 * connections use the current ones; existing connections continue. Thread-safe.
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

  /** A member, which presents its certificate and trusts its CAs. */
  public static RenewableTls of(TlsMaterial material) {
    return new RenewableTls(
        Optional.of(new RenewableKeys(material)), new RenewableTrust(material.authorities()));
  }

  /** A client that presents no certificate. */
  public static RenewableTls trusting(List<X509Certificate> authorities) {
    return new RenewableTls(Optional.empty(), new RenewableTrust(authorities));
  }

  /** Uses this material from now on. */
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

  /** A resumed session is not checked again. */
  private static void forget(SSLSessionContext sessions) {
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }

  /** The context for clients; never changes. */
  public SSLContext client() {
    return client;
  }

  /**
   * Gives a server a context now, and a new one at each change. So session tickets of the previous
   * context, with which a client would not be checked again, become invalid.
   */
  public void serve(Consumer<SSLContext> server) {
    server.accept(context());
    servers.add(server);
  }

  /**
   * The certificate of the other side, if it is valid and trusted now: a connection, or a resumed
   * session, may be older than the current CAs.
   */
  public Optional<X509Certificate> peer(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      X509Certificate[] known = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
      return trust.trusts(session, known) ? Optional.of(known[0]) : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // it has presented none
    }
  }

  /** Presents the current certificate; there is none for {@link #trusting}. */
  public X509ExtendedKeyManager keyManager() {
    return keys.orElseThrow(
        () -> new IllegalStateException("there is no certificate to" + " present"));
  }

  /** Trusts the current CAs. */
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
