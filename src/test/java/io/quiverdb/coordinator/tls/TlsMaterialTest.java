// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broken file is reported, a valid one is loaded, and the names are those of the certificate. */
class TlsMaterialTest {
  @TempDir Path folder;

  private final TestAuthority authority = new TestAuthority("ca");

  @BeforeEach
  void issue() throws IOException {
    authority.issue(folder, "c1.test", "10.0.0.1", "2001:db8::1", "*.wild.test");
  }

  private String refusal() {
    String message =
        assertThrows(TlsException.class, () -> TestAuthority.material(folder)).getMessage();
    return String.valueOf(message);
  }

  @Test
  void wholeFilesAreTaken() throws IOException {
    Instant until = Instant.parse("2031-01-01T00:00:00Z");
    authority.issue(folder, Instant.parse("2020-01-01T00:00:00Z"), until, "c1.test");
    TlsMaterial material = TestAuthority.material(folder);
    assertEquals(until, material.expires());
    assertEquals(1, material.authorities().size());
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException {
    Path other = authority.issue(folder.resolve("other"), "c2.test");
    Files.copy(
        other.resolve("key.pem"), folder.resolve("key.pem"), StandardCopyOption.REPLACE_EXISTING);
    assertTrue(refusal().contains("is not that of the first certificate"), refusal());
  }

  @Test
  void whatIsMissingOrBrokenIsNamedWithItsFile() throws IOException {
    Path key = folder.resolve("key.pem");
    String whole = Files.readString(key);
    Files.writeString(key, "");
    assertEquals(key + " holds 0 private keys; wanted one BEGIN PRIVATE KEY", refusal());
    Files.writeString(key, whole.substring(0, whole.length() / 2));
    assertEquals(key + " holds 0 private keys; wanted one BEGIN PRIVATE KEY", refusal());
    Files.writeString(key, whole.replace(" PRIVATE", " EC PRIVATE"));
    assertTrue(refusal().contains("openssl pkcs8 -topk8 -nocrypt -in " + key), refusal());
    Files.writeString(key, whole.replaceFirst("\n.{9}", "\nAAAAAAAAA"));
    assertTrue(refusal().contains("holds a key that is damaged"), refusal());
    Files.delete(key);
    assertEquals("there is no file " + key, refusal());
    Files.writeString(key, whole);
    Files.writeString(
        folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertTrue(refusal().contains("holds a certificate that cannot be read"), refusal());
  }

  @Test
  void aCertificateNamesWhatStandsInItAndNothingElse() throws IOException {
    X509Certificate certificate = TestAuthority.material(folder).chain().get(0);
    for (String host :
        new String[] {"c1.test", "C1.Test", "c1.test.", "10.0.0.1", "2001:DB8:0::1"}) {
      assertTrue(CertificateNames.name(certificate, host), host);
    }
    for (String host :
        new String[] {
          "c2.test", "1.test", "x.c1.test", "10.0.0.10", "::1", "member", "a.wild.test"
        }) {
      assertFalse(CertificateNames.name(certificate, host), host);
    }
  }
}
