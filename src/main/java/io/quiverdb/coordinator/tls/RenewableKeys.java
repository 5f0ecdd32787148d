// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents a certificate that can be replaced at any time. Each certificate has its own alias, so
 * that a handshake never mixes the key and the certificate of two.
 */
final class RenewableKeys extends X509ExtendedKeyManager {
  private volatile Shown shown;

  private record Shown(String alias, TlsMaterial material, @Nullable Shown before) {}

  RenewableKeys(TlsMaterial first) {
    this.shown = new Shown("1", first, null);
  }

  synchronized void replace(TlsMaterial material) {
    Shown last = shown;
    shown =
        new Shown(
            Long.toString(Long.parseLong(last.alias()) + 1),
            material,
            new Shown(last.alias(), last.material(), null));
  }

  private @Nullable Shown of(@Nullable String alias) {
    Shown now = shown;
    if (now.alias().equals(alias)) {
      return now;
    }
    Shown before = now.before();
    return before != null && before.alias().equals(alias) ? before : null;
  }

  /** Key types may name the kind of the signature too: {@code EC_RSA}. */
  private @Nullable String alias(String... keyTypes) {
    Shown now = shown;
    for (String type : keyTypes) {
      int end = type.indexOf('_');
      if (now.material().key().getAlgorithm().equals(end < 0 ? type : type.substring(0, end))) {
        return now.alias();
      }
    }
    return null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    Shown found = of(alias);
    return found == null ? null : found.material().key();
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    Shown found = of(alias);
    return found == null ? null : found.material().chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  private String @Nullable [] aliases(String keyType) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }
}
