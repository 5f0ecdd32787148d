// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reason why a server's certificate is not accepted, and that nothing was sent. */
class TlsReasonTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir static Path folder;

  private static SSLContext server;
  private static SSLContext trusting;

  /** Signed by itself, for the name {@code shard.test}. */
  @BeforeAll
  static void makeCertificate() throws Exception {
    Path file = folder.resolve("shard.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=shard.test",
                "-ext",
                "SAN=dns:shard.test",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    server = SSLContext.getInstance("TLS");
    server.init(keys.getKeyManagers(), null, null);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", store.getCertificate(store.aliases().nextElement()));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust.getTrustManagers(), null);
  }

  private interface Body {
    void run(String port) throws Exception;
  }

  private static void served(Body test) throws Exception {
    try (SSLServerSocket listener =
        (SSLServerSocket)
            server
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> serve(listener));
      thread.setDaemon(true);
      thread.start();
      test.run(":" + listener.getLocalPort());
    }
  }

  private static void serve(SSLServerSocket listener) {
    while (!listener.isClosed()) {
      try (var caller = listener.accept()) {
        if (caller.getInputStream().read() >= 0) {
          caller
              .getOutputStream()
              .write("HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok".getBytes("US-ASCII"));
        }
      } catch (IOException e) {
        // Refused, or closed.
      }
    }
  }

  private static String refused(String url) {
    NeverSentException direct =
        assertThrows(
            NeverSentException.class,
            () -> {
              try (NameLookups names = loopback();
                  DirectHttp http = new DirectHttp(names, LIMIT, 1)) {
                http.call(DirectRequest.of(url, "GET", "/healthz"), LIMIT, 10);
              }
            });
    return String.valueOf(direct.getMessage());
  }

  private static NameLookups loopback() {
    return new NameLookups(name -> new InetAddress[] {InetAddress.getLoopbackAddress()});
  }

  @Test
  void anUnknownAuthorityIsNamed() throws Exception {
    served(
        port -> {
          String url = "https://127.0.0.1" + port;
          assertTrue(refused(url).contains("its certificate is not trusted"), refused(url));
          try (BoundedHttp http = new BoundedHttp("test", LIMIT, 1)) {
            NeverSentException probe =
                assertThrows(
                    NeverSentException.class,
                    () -> http.call(BoundedHttp.request(url, "/healthz").build(), LIMIT, 10));
            assertTrue(
                probe.getMessage().contains("its certificate is not trusted"), probe.getMessage());
          }
        });
  }

  @Test
  void whatTheJvmTrustsIsCalledIfItIsForThisName() throws Exception {
    SSLContext before = SSLContext.getDefault();
    SSLContext.setDefault(trusting);
    try {
      served(
          port -> {
            String wrong = refused("https://other.test" + port);
            assertTrue(wrong.contains("its certificate is not for this host"), wrong);
            try (NameLookups names = loopback();
                DirectHttp http = new DirectHttp(names, LIMIT, 1)) {
              HttpReply reply =
                  http.call(
                      DirectRequest.of("https://shard.test" + port, "GET", "/healthz"), LIMIT, 10);
              assertEquals("ok", new String(reply.body(), "US-ASCII"));
            }
          });
    } finally {
      SSLContext.setDefault(before);
    }
  }

  @Test
  void anExpiredOneIsNamedWhateverIsAroundIt() {
    Exception failure = new SSLHandshakeException("PKIX path validation failed");
    failure.initCause(
        new java.security.cert.CertPathValidatorException(
            "validity check failed", new CertificateExpiredException("NotAfter: then")));
    assertEquals("its certificate has expired", TlsReason.of(failure));
  }

  @Test
  void whoSpeaksNoTlsIsNoCertificate() {
    assertTrue(
        TlsReason.of(new SSLHandshakeException("Unsupported or unrecognized SSL message"))
            .startsWith("no TLS with it: "));
    assertEquals("refused", TlsReason.of(new IOException("refused")));
  }
}
