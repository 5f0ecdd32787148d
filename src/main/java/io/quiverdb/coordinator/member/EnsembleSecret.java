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
 * A secret that all members of an ensemble know, and that never travels: what is sent is an HMAC
 * over what is asked, or answered, and a number that is used once. A reader of the wire can repeat
 * a request that they saw; only TLS is proof against that. Thread-safe.
 */
public final class EnsembleSecret {
  private static final String ALGORITHM = "HmacSHA256";

  private volatile List<SecretKeySpec> keys;

  /**
   * A secret.
   *
   * @param secrets the first is used, each is accepted, so that they can be replaced one by one
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

  /** Proves that a member asks this. */
  String request(String method, String pathAndQuery, String nonce) {
    return proof(keys.get(0), "request", method, pathAndQuery, nonce);
  }

  /** Whether a member has asked this. */
  public boolean provesRequest(String proof, String method, String pathAndQuery, String nonce) {
    return proves(proof, "request", method, pathAndQuery, nonce);
  }

  /** Proves that a member answers this to a request. */
  public String answer(String nonce, byte[] body) {
    return proof(keys.get(0), "answer", nonce, HexFormat.of().formatHex(body));
  }

  /** Whether a member has answered this. */
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

  /** No part holds a line feed. */
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
