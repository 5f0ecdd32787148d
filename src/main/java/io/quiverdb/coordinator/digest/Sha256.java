// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4). Thread-safe. */
public final class Sha256 {
  private Sha256() {}

  /** The 32 bytes of the digest of all parts, one after the other. */
  public static byte[] of(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The digest as a text that names its algorithm: {@code sha256:} and 64 hexadecimal digits. */
  public static String text(byte[] content) {
    return "sha256:" + HexFormat.of().formatHex(of(content));
  }
}
