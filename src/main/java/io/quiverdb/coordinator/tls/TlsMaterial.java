// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * The certificate of a member and its trusted CAs.
 *
 * @param chain its certificate first, then the intermediate ones
 * @param key of the certificate
 * @param authorities the CAs whose certificates are trusted
 */
public record TlsMaterial(
    List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {
  public TlsMaterial {
    chain = List.copyOf(chain);
    authorities = List.copyOf(authorities);
  }

  /**
   * Reads PEM files.
   *
   * @param certFile the certificate, and the intermediate ones after it
   * @param keyFile its key, PKCS#8 without a password
   * @param caFile the CAs
   * @throws TlsException if one is missing or broken, or the key is another certificate's
   */
  public static TlsMaterial read(Path certFile, Path keyFile, Path caFile) throws TlsException {
    TlsMaterial own = own(certFile, keyFile);
    return new TlsMaterial(own.chain(), own.key(), Pem.certificates(caFile));
  }

  /** Material without trusted CAs. */
  static TlsMaterial own(Path certFile, Path keyFile) throws TlsException {
    List<X509Certificate> chain = Pem.certificates(certFile);
    PrivateKey key = Pem.key(keyFile);
    if (!fits(key, chain.get(0).getPublicKey())) {
      throw new TlsException(
          "the key in "
              + keyFile
              + " is not that of the first certificate in "
              + certFile
              + "; if both are being replaced, they will be read again");
    }
    return new TlsMaterial(chain, key, List.of());
  }

  private static boolean fits(PrivateKey key, PublicKey certified) {
    try {
      Signature signature =
          Signature.getInstance(
              switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
              });
      byte[] said = {1, 2, 3};
      signature.initSign(key);
      signature.update(said);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(said);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The earliest expiry of the chain, without the CAs. */
  public Instant expires() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }
}
