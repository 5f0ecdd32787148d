// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A CA for tests, in a few lines of DER: it signs certificates in milliseconds. */
public final class TestAuthority {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final AtomicLong SERIAL = new AtomicLong(1);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final byte[] ECDSA_SHA256 = der(0x30, oid("2A8648CE3D040302"));

  private final String name;
  private final KeyPair keys = keys();
  private final String certificate;

  /** A CA of this name. */
  public TestAuthority(String name) {
    this.name = name;
    Instant now = Instant.now();
    this.certificate =
        pem(
            "CERTIFICATE",
            signed(
                name,
                keys,
                now.minus(HOUR),
                now.plus(HOUR.multipliedBy(9999)),
                extension("551D13", der(0x30, new byte[] {1, 1, (byte) 0xFF}))));
  }

  /** Its own certificate. */
  public String pem() {
    return certificate;
  }

  /**
   * The files that a member needs, in a folder: {@code cert.pem}, {@code key.pem}, {@code ca.pem}.
   */
  public Path issue(Path folder, String... hosts) throws IOException {
    Instant now = Instant.now();
    return issue(folder, now.minus(HOUR), now.plus(Duration.ofDays(365)), hosts);
  }

  /** The same, valid in this time only. */
  public Path issue(Path folder, Instant from, Instant until, String... hosts) throws IOException {
    KeyPair pair = keys();
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    for (String host : hosts) {
      names.writeBytes(
          host.matches("[0-9.]+|.*:.*")
              ? der(0x87, InetAddress.getByName(host).getAddress())
              : der(0x82, host.getBytes(StandardCharsets.US_ASCII)));
    }
    byte[] cert =
        signed("member", pair, from, until, extension("551D11", der(0x30, names.toByteArray())));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("cert.pem"), pem("CERTIFICATE", cert));
    Files.writeString(
        folder.resolve("key.pem"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    Files.writeString(folder.resolve("ca.pem"), certificate);
    return folder;
  }

  /** What is in such a folder. */
  public static TlsMaterial material(Path folder) throws TlsException {
    return TlsMaterial.read(
        folder.resolve("cert.pem"), folder.resolve("key.pem"), folder.resolve("ca.pem"));
  }

  private byte[] signed(
      String subject, KeyPair pair, Instant from, Instant until, byte[] extension) {
    byte[] body =
        der(
            0x30,
            der(0xA0, der(0x02, new byte[] {2})),
            der(0x02, BigInteger.valueOf(SERIAL.getAndIncrement()).toByteArray()),
            ECDSA_SHA256,
            named(name),
            der(0x30, time(from), time(until)),
            named(subject),
            pair.getPublic().getEncoded(),
            der(0xA3, der(0x30, extension)));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(body);
      return der(0x30, body, ECDSA_SHA256, der(0x03, new byte[] {0}, signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] named(String name) {
    byte[] text = der(0x0C, name.getBytes(StandardCharsets.UTF_8));
    return der(0x30, der(0x31, der(0x30, oid("550403"), text)));
  }

  private static byte[] extension(String oid, byte[] value) {
    return der(0x30, oid(oid), der(0x04, value));
  }

  private static byte[] time(Instant instant) {
    return der(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] oid(String hex) {
    return der(0x06, new BigInteger(hex, 16).toByteArray());
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    List<Integer> head = new ArrayList<>(List.of(tag));
    int length = content.size();
    if (length >= 256) {
      head.addAll(List.of(0x82, length >> 8, length & 0xFF));
    } else if (length >= 128) {
      head.addAll(List.of(0x81, length));
    } else {
      head.add(length);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    head.forEach(all::write);
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
