// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that all members of an ensemble know. It is never sent: a member sends an HMAC over the
 * request, or the answer, and a nonce. An eavesdropper can replay a request; only TLS prevents
 * that. Thread-safe.
 */
public final class EnsembleSecret {
  private static final String ALGORITHM = "HmacSHA256";

  private volatile List<SecretKeySpec> keys;

  /**
   * A secret.
   *
   * @param secrets the first one is used, all are accepted, so that they can be replaced one by one
   */
  public EnsembleSecret(List<String> secrets) {
    this.keys = keys(secrets);
  }

  /** Uses and accepts these from now on. */
  public void renew(List<String> secrets) {
    keys = keys(secrets);
  }

  private static List<SecretKeySpec> keys(List<String> secrets) {
    return secrets.stream()
        .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM))
        .toList();
  }

  /** The proof that a member sends a request. */
  String request(String method, String pathAndQuery, String nonce) {
    return proof(keys.get(0), "request", method, pathAndQuery, nonce);
  }

  /** Whether a proof shows that a member sends a request. */
  public boolean provesRequest(String proof, String method, String pathAndQuery, String nonce) {
    return proves(proof, "request", method, pathAndQuery, nonce);
  }

  /** The proof that a member gives an answer. */
  public String answer(String nonce, byte[] body) {
    return proof(keys.get(0), "answer", nonce, HexFormat.of().formatHex(body));
  }

  /** Whether a proof shows that a member gives an answer. */
  boolean provesAnswer(String proof, String nonce, byte[] body) {
    return proves(proof, "answer", nonce, HexFormat.of().formatHex(body));
  }

  private boolean proves(String proof, String... parts) {
    byte[] presented = proof.getBytes(StandardCharsets.UTF_8);
    boolean proves = false;
    for (SecretKeySpec key : keys) {
      proves |=
          MessageDigest.isEqual(presented, proof(key, parts).getBytes(StandardCharsets.UTF_8));
    }
    return proves;
  }

  /** Joins the parts by line feeds, which no part contains. */
  private static String proof(SecretKeySpec key, String... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return HexFormat.of()
          .formatHex(mac.doFinal(String.join("\n", parts).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
