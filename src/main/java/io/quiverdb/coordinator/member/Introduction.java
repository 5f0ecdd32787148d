// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.member;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** Authenticates a member to the others where no certificate does. Thread-safe. */
public final class Introduction {
  /** The header with the nonce. */
  public static final String NONCE = "X-Quiver-Member-Nonce";

  /** The header with the proof that a member sends a request or an answer. */
  public static final String PROOF = "X-Quiver-Member-Proof";

  /** Adds and checks nothing. */
  public static final Introduction NONE = new Introduction(Optional.empty());

  private static final int NONCE_BYTES = 16;

  private final Optional<EnsembleSecret> secret;
  private final SecureRandom random = new SecureRandom();

  /** Uses this secret, if there is one. */
  public Introduction(Optional<EnsembleSecret> secret) {
    this.secret = secret;
  }

  /**
   * Adds the proof to a request.
   *
   * @return the nonce in it; empty if there is no secret
   */
  public String add(HttpRequest.Builder request, String method, String pathAndQuery) {
    if (secret.isEmpty()) {
      return "";
    }
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    String nonce = HexFormat.of().formatHex(bytes);
    request.header(NONCE, nonce).header(PROOF, secret.get().request(method, pathAndQuery, nonce));
    return nonce;
  }

  /**
   * Checks that an answer is a member's.
   *
   * @param proof in the answer
   * @throws IOException if it is not
   */
  void check(String nonce, Optional<String> proof, byte[] body) throws IOException {
    if (secret.isPresent()
        && (proof.isEmpty() || !secret.get().provesAnswer(proof.get(), nonce, body))) {
      throw new IOException(
          "the answer does not prove that a member gave it; give all members the same"
              + " ensemble.secret");
    }
  }
}
