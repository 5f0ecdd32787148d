// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.config.HttpConfig.ClientAuth;
import io.quiverdb.coordinator.config.HttpConfig.Plain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS and the secret of an ensemble, as they are configured. */
class WireConfigTest {
  private static final String HTTP = "http: { listen: \"127.0.0.1:6335\" }";
  private static final String RAFT = "raft: { listen: \"127.0.0.1:6336\" }";
  private static final String TLS = "tls: { cert_file: c.pem, key_file: k.pem, ca_file: ca.pem }\n";

  @TempDir Path folder;

  private static String secured(String http, String raft) {
    return Written.GOOD
            .replace("http://127.0.0.1:63", "https://127.0.0.1:63")
            .replace("https://127.0.0.1:6335", "https://127.0.0.1:6337")
            .replaceAll("(shards|replicas|routers): \\[.*\\]", "$1: []")
            .replace(HTTP, "http: { listen: \"127.0.0.1:6335\", " + http + " }")
            .replace(RAFT, "raft: { listen: \"127.0.0.1:6336\", " + raft + " }")
        + TLS;
  }

  @Test
  void everythingIsRead() throws Exception {
    String yaml =
        secured("tls_listen: \"0.0.0.0:6337\", client_auth: need, plain: routers", "tls: required")
            + "routers_ca: r.pem\n";
    LoadedConfig loaded = Written.load(folder, yaml.replace("{ key: null", "{ ca_file: s.pem"));
    assertEquals(List.of(), loaded.warnings());
    CoordinatorConfig config = loaded.config();
    assertEquals(
        Optional.of(
            new TlsConfig(
                folder.resolve("c.pem"), folder.resolve("k.pem"), folder.resolve("ca.pem"))),
        config.tls());
    assertEquals(
        Optional.of(new HttpConfig.Tls(new HostPort("0.0.0.0", 6337), ClientAuth.NEED)),
        config.http().tls());
    assertEquals(Plain.ROUTERS, config.http().plain());
    assertTrue(config.raft().tls());
    assertEquals("https", config.ensemble().member("c2").http().getScheme());
    assertEquals(Optional.of(folder.resolve("s.pem")), config.shards().caFile());
    assertEquals(Optional.of(folder.resolve("r.pem")), config.routersCa());
  }

  @Test
  void withoutItNothingIsAskedFor() throws Exception {
    CoordinatorConfig config = Written.load(folder, Written.GOOD).config();
    assertEquals(Optional.empty(), config.tls());
    assertEquals(Optional.empty(), config.http().tls());
    assertEquals(Plain.ALL, config.http().plain());
    assertEquals(Optional.empty(), config.ensemble().secrets());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tls_listen: "0.0.0.0:6337", client_auth: none | tls: none | http.client_auth: none: the other members
          tls_listen: "0.0.0.0:6335" | tls: none | http.tls_listen: port 6335 is that of http.listen
          tls_listen: "0.0.0.0:6336" | tls: none | raft.listen: port 6336 is that of http.tls_listen
          plain: routers | tls: none | http.plain: wants http.tls_listen
          client_auth: want | tls: none | http.client_auth: wants http.tls_listen
          plain: all | tls: none | set http.tls_listen
          """)
  void whatDoesNotGoTogetherIsRefused(String http, String raft, String message) {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> Written.load(folder, secured(http, raft)));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void plainMembersAndRaftOverTlsDoNotGoTogether() {
    String yaml = Written.with(RAFT, RAFT.replace(" }", ", tls: required }"));
    assertTrue(refusal(yaml).contains("raft.tls: wants the section tls"), refusal(yaml));
    assertTrue(
        refusal(yaml + TLS).contains("raft.tls: required wants https in ensemble.members[].http"),
        refusal(yaml + TLS));
    String routers =
        Written.with(HTTP, HTTP.replace(" }", ", tls_listen: \"127.0.0.1:6337\", plain: routers }"))
            + TLS;
    assertTrue(refusal(routers).contains("make that https first"), refusal(routers));
    String https = Written.with("http://127.0.0.1:6345", "https://127.0.0.1:6345");
    assertTrue(refusal(https).contains("wants the section tls, for the CAs"), refusal(https));
  }

  private String refusal(String yaml) {
    return String.valueOf(
        assertThrows(ConfigException.class, () -> Written.load(folder, yaml)).getMessage());
  }

  @Test
  void quiversVariablesOpenNoTlsPortAndAreWarnedOf() throws Exception {
    LoadedConfig loaded =
        Written.load(folder, Written.GOOD, Map.of("QUIVER_TLS_CERT", "c", "QUIVER_TLS_KEY", "k"));
    assertEquals(Optional.empty(), loaded.config().http().tls());
    assertTrue(
        loaded.warnings().get(0).startsWith("QUIVER_TLS_CERT, QUIVER_TLS_KEY: of no effect"));
    assertTrue(loaded.warnings().get(0).contains("section tls"), loaded.warnings().get(0));
  }

  @Test
  void aSecretFileOfTheEnsembleHoldsSeveralForAChange() throws Exception {
    Path file = Files.writeString(folder.resolve("e"), "first-secret-of-all\nthe-one-before-it\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    EnsembleSecrets secrets =
        Written.load(folder, Written.with("timing: lan", "secret_file: e"))
            .config()
            .ensemble()
            .secrets()
            .orElseThrow();
    assertEquals(
        List.of("first-secret-of-all", "the-one-before-it"),
        secrets.secrets().stream().map(Secret::reveal).toList());
    assertEquals(Optional.of(file), secrets.file());
    String brief = Written.with("timing: lan", "secret: brief");
    assertTrue(refusal(brief).contains("ensemble.secret: is shorter than 16"), refusal(brief));
  }
}
