// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files (RFC 7468). */
final class Pem {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(String label, byte[] bytes) {}

  private Pem() {}

  /** The certificates in a file, in their order; at least one. */
  static List<X509Certificate> certificates(Path file) throws TlsException {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label().equals("CERTIFICATE")) {
        found.add(certificate(file, block.bytes()));
      }
    }
    if (found.isEmpty()) {
      throw new TlsException(file + " holds no certificate; wanted BEGIN CERTIFICATE");
    }
    return found;
  }

  private static X509Certificate certificate(Path file, byte[] der) throws TlsException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new TlsException(file + " holds a certificate that cannot be read", e);
    }
  }

  /** The only private key in a file. No message of a failure shows any of it. */
  static PrivateKey key(Path file) throws TlsException {
    List<Block> keys =
        blocks(file).stream().filter(block -> block.label().endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw new TlsException(
          file + " holds " + keys.size() + " private keys; wanted one BEGIN PRIVATE KEY");
    }
    Block key = keys.get(0);
    if (!key.label().equals("PRIVATE KEY")) {
      throw new TlsException(
          file
              + " holds a "
              + key.label()
              + "; wanted PKCS#8 without a password: openssl pkcs8 -topk8 -nocrypt -in "
              + file
              + " -out FILE");
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(key.bytes());
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        // Another one, perhaps.
      }
    }
    throw new TlsException(file + " holds a key that is damaged, or neither EC, RSA nor EdDSA");
  }

  private static List<Block> blocks(Path file) throws TlsException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text(file));
    while (matcher.find()) {
      try {
        blocks.add(
            new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2).strip())));
      } catch (IllegalArgumentException e) {
        throw new TlsException(file + " is no valid PEM: a block is not Base64");
      }
    }
    return blocks;
  }

  private static String text(Path file) throws TlsException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TlsException(file + " is larger than 1 MiB; is it the right file?");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new TlsException("there is no file " + file, e);
    } catch (TlsException e) {
      throw e;
    } catch (IOException e) {
      throw new TlsException(file + " cannot be read: " + e, e);
    }
  }
}
