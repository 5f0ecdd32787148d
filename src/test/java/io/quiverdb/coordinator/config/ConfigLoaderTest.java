// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.config.ApiKeyConfig.Role;
import io.quiverdb.coordinator.config.BootstrapConfig.ReplicaSeed;
import io.quiverdb.coordinator.config.MigrationConfig.Adoption;
import io.quiverdb.coordinator.model.GrowthMode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  private static final Map<String, String> INSECURE = Map.of("QUIVER_INSECURE", "true");

  @TempDir Path folder;

  @Test
  void readsEverySection() throws Exception {
    LoadedConfig loaded = Written.load(folder, Written.GOOD);
    CoordinatorConfig config = loaded.config();
    assertEquals(List.of(), loaded.warnings());
    assertEquals(new NodeConfig("c1", Path.of("data/c1")), config.node());
    assertEquals(
        new MemberConfig(
            "c2", new HostPort("127.0.0.1", 6346), URI.create("http://127.0.0.1:6345")),
        config.ensemble().member("c2"));
    assertEquals(ElectionTiming.LAN, config.ensemble().timing());
    assertEquals(new HostPort("127.0.0.1", 6335), config.http().listen());
    assertEquals(new HostPort("127.0.0.1", 6336), config.raft().listen());
    assertEquals(
        List.of(
            new ApiKeyConfig("ops", Role.ADMIN, new Secret("correct-horse"), Optional.empty()),
            new ApiKeyConfig("routers", Role.READ, new Secret("battery-staple"), Optional.empty())),
        config.auth().apiKeys());
    assertEquals(
        new BootstrapConfig(
            0,
            List.of("http://127.0.0.1:6333", "http://127.0.0.1:6433"),
            List.of(new ReplicaSeed(0, "http://127.0.0.1:7333")),
            Optional.empty()),
        config.bootstrap());
    assertEquals(List.of("http://127.0.0.1:6330"), config.routers());
    assertEquals(ShardsConfig.DEFAULT, config.shards());
    assertEquals(MigrationConfig.DEFAULT, config.migration());
    assertEquals(LogConfig.DEFAULT, config.log());
  }

  @Test
  void everyAbsentKeyHasItsDocumentedDefault() throws Exception {
    String yaml =
        """
        node: { id: c1, data_dir: d }
        ensemble: { members: [ { id: c1, raft: "h1:6336", http: "http://h1:6335" } ] }
        http: { listen: "0.0.0.0:6335" }
        raft: { listen: "0.0.0.0:6336" }
        auth: { api_keys: [ { id: ops, role: admin, secret: s } ] }
        bootstrap:
        """;
    CoordinatorConfig config = Written.load(folder, yaml).config();
    assertEquals("quiver", config.ensemble().name());
    assertEquals(ElectionTiming.LAN, config.ensemble().timing());
    assertEquals(ShardsConfig.DEFAULT, config.shards());
    assertEquals(MigrationConfig.DEFAULT, config.migration());
    assertEquals(LogConfig.DEFAULT, config.log());
    assertEquals(
        new BootstrapConfig(0, List.of(), List.of(), Optional.empty()), config.bootstrap());
    assertFalse(config.auth().insecure());
  }

  /** Docker's --env-file passes quotes on; a shell would have taken them off. */
  @Test
  void quotesAroundAVariableAreNotPartOfIt() throws Exception {
    CoordinatorConfig config =
        ConfigLoader.load(
                Optional.empty(),
                Map.of(
                    "QUIVER_API_KEYS", "\"abc\"",
                    "QUIVER_CLUSTER_SHARD_KEY", "\"abc\"",
                    "QUIVER_REST_ADDR", "'127.0.0.1:7777'",
                    "QUIVER_COORDINATOR__SHARDS__ROUTER_KEY", "'d\"e'",
                    "QUIVER_CLUSTER_SHARDS", "\"http://a:1\",\"http://b:1\""))
            .config();
    assertEquals("abc", config.auth().apiKeys().get(0).secret().reveal());
    assertEquals("abc", config.shards().key().orElseThrow().reveal());
    assertEquals("d\"e", config.shards().routerKey().orElseThrow().reveal());
    assertEquals(new HostPort("127.0.0.1", 7777), config.http().listen());
    assertEquals(List.of("http://a:1", "http://b:1"), config.bootstrap().shards());
  }

  @Test
  void timingMayBeWanOrNumbers() throws Exception {
    assertEquals(ElectionTiming.WAN, timing("timing: wan"));
    assertEquals(
        new ElectionTiming(Duration.ofMillis(300), Duration.ofMillis(600)),
        timing("timing: { min: 300ms, max: 600ms }"));
  }

  private ElectionTiming timing(String line) throws Exception {
    return Written.load(folder, Written.with("timing: lan", line)).config().ensemble().timing();
  }

  @Test
  void withoutAFileItIsOneMemberOnQuiversPort() throws Exception {
    LoadedConfig loaded = Written.load(INSECURE);
    CoordinatorConfig config = loaded.config();
    assertEquals(List.of(), loaded.warnings());
    assertEquals(new NodeConfig("c1", Path.of("data")), config.node());
    assertEquals(new HostPort("127.0.0.1", 6335), config.http().listen());
    assertEquals(new HostPort("127.0.0.1", 6336), config.raft().listen());
    assertEquals(
        List.of(
            new MemberConfig(
                "c1", new HostPort("127.0.0.1", 6336), URI.create("http://127.0.0.1:6335"))),
        config.ensemble().members());
    assertEquals(Adoption.ASSUMED, config.migration().adoption());
    assertTrue(config.auth().insecure());
  }

  @Test
  void takesTheEnvironmentOfASingleCoordinator() throws Exception {
    LoadedConfig loaded =
        Written.load(
            Map.of(
                "QUIVER_REST_ADDR", "0.0.0.0:7000",
                "QUIVER_CLUSTER_SHARDS", "[http://a:6333, \"http://b:6333\"]",
                "QUIVER_CLUSTER_REPLICAS", "[1=http://b2:6333]",
                "QUIVER_CLUSTER_SHARD_KEY", "shard-secret",
                "QUIVER_API_KEYS", "one-secret, other-secret",
                "QUIVER_COORDINATOR_STATE", "state/coordinator.json"));
    CoordinatorConfig config = loaded.config();
    assertEquals(List.of(), loaded.warnings());
    assertEquals(new HostPort("0.0.0.0", 7000), config.http().listen());
    assertEquals(URI.create("http://127.0.0.1:7000"), config.ensemble().member("c1").http());
    assertEquals(new HostPort("127.0.0.1", 7001), config.raft().listen());
    assertEquals(List.of("http://a:6333", "http://b:6333"), config.bootstrap().shards());
    assertEquals(List.of(new ReplicaSeed(1, "http://b2:6333")), config.bootstrap().replicas());
    assertEquals(Optional.of(new Secret("shard-secret")), config.shards().key());
    assertEquals(
        List.of(
            new ApiKeyConfig("env-1", Role.ADMIN, new Secret("one-secret"), Optional.empty()),
            new ApiKeyConfig("env-2", Role.ADMIN, new Secret("other-secret"), Optional.empty())),
        config.auth().apiKeys());
    assertEquals(
        Optional.of(new BootstrapConfig.StateImport(Path.of("state/coordinator.json"), false)),
        config.bootstrap().importState());
  }

  @Test
  void anOverrideWinsOverQuiversVariableWhichWinsOverTheFile() throws Exception {
    String file = Written.GOOD;
    Map<String, String> quivers = Map.of("QUIVER_REST_ADDR", "127.0.0.2:6335");
    Map<String, String> both =
        Map.of(
            "QUIVER_REST_ADDR", "127.0.0.2:6335",
            "QUIVER_COORDINATOR__HTTP__LISTEN", "127.0.0.3:6335");
    assertEquals("127.0.0.1", Written.load(folder, file).config().http().listen().host());
    assertEquals("127.0.0.2", Written.load(folder, file, quivers).config().http().listen().host());
    assertEquals("127.0.0.3", Written.load(folder, file, both).config().http().listen().host());
  }

  @Test
  void anEmptyVariableCountsAsNotSet() throws Exception {
    Map<String, String> empty =
        Map.of("QUIVER_COORDINATOR__NODE__ID", "", "QUIVER_API_KEYS", "", "QUIVER_REST_ADDR", "");
    assertEquals(
        Written.load(folder, Written.GOOD).config(),
        Written.load(folder, Written.GOOD, empty).config());
  }

  @Test
  void overridesReachIntoListsAndLists() throws Exception {
    CoordinatorConfig config =
        Written.load(
                folder,
                Written.GOOD,
                Map.of(
                    "QUIVER_COORDINATOR__ENSEMBLE__MEMBERS__1__RAFT", "c2.example:6336",
                    "QUIVER_COORDINATOR__AUTH__API_KEYS__0__SECRET", "another",
                    "QUIVER_COORDINATOR__ENSEMBLE__TIMING__MIN", "200ms",
                    "QUIVER_COORDINATOR__ENSEMBLE__TIMING__MAX", "400ms",
                    "QUIVER_COORDINATOR__ROUTERS", "[http://r1:6330,http://r2:6330]",
                    "QUIVER_COORDINATOR__ROUTERS__1", "http://r3:6330",
                    "QUIVER_COORDINATOR__MIGRATION__BATCH_BYTES", "1MiB",
                    "QUIVER_COORDINATOR__MIGRATION__BINARY", "true",
                    "QUIVER_COORDINATOR__LOG__FORMAT", "json"))
            .config();
    assertEquals("c2.example", config.ensemble().member("c2").raft().host());
    assertEquals("another", config.auth().apiKeys().get(0).secret().reveal());
    assertEquals(Duration.ofMillis(200), config.ensemble().timing().min());
    assertEquals(List.of("http://r1:6330", "http://r3:6330"), config.routers());
    assertEquals(1 << 20, config.migration().batchBytes());
    assertEquals(Optional.of(true), config.migration().binary());
    assertEquals(LogConfig.Format.JSON, config.log().format());
  }

  @Test
  void aSecretFileLiesBesideTheConfiguration() throws Exception {
    Path key = folder.resolve("keys/routers");
    Files.createDirectories(key.getParent());
    Files.writeString(key, "from-a-file\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    String yaml = Written.with("secret: \"battery-staple\"", "secret_file: keys/routers");
    LoadedConfig loaded = Written.load(folder, yaml);
    assertEquals("from-a-file", loaded.config().auth().apiKeys().get(1).secret().reveal());
    assertEquals(List.of(), loaded.warnings());

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(
        List.of(
            "auth.api_keys[1].secret_file: all users of this machine can read "
                + key
                + "; chmod 600 it"),
        Written.load(folder, yaml).warnings());
  }

  @Test
  void warnsOfSecretsInAFileThatEverybodyReads() throws Exception {
    Path file = Written.write(folder, Written.GOOD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(
        List.of(file + ": all users of this machine can read the secrets in it; chmod 600 it"),
        ConfigLoader.load(Optional.of(file), Map.of()).warnings());
  }

  @Test
  void aByteOrderMarkIsNoPartOfASecret() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "\uFEFFfrom-a-file\r\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    String yaml = Written.with("secret: \"battery-staple\"", "secret_file: key");
    assertEquals(
        "from-a-file",
        Written.load(folder, yaml).config().auth().apiKeys().get(1).secret().reveal());
  }

  @Test
  void warnsOfVariablesThatLookLikeSettingsAndAreNone() throws Exception {
    assertEquals(
        List.of(
            "QUIVER_COORDINATOR_HTTP_LISTEN: is ignored; a setting's variable begins with"
                + " QUIVER_COORDINATOR__, with two underscores, and has two between its parts"),
        Written.load(
                Map.of(
                    "QUIVER_INSECURE", "true",
                    "QUIVER_COORDINATOR_HTTP_LISTEN", "0.0.0.0:6335",
                    "QUIVER_COORDINATOR_LOG_LEVEL", "",
                    "QUIVER_COORDINATOR_URL", "http://127.0.0.1:6335",
                    "QUIVER_COORDINATOR_SERVICE_HOST", "10.0.0.1",
                    "QUIVER_COORDINATOR_SERVICE_PORT_HTTP", "6335",
                    "QUIVER_COORDINATOR_PORT", "tcp://10.0.0.1:6335",
                    "QUIVER_COORDINATOR_PORT_6335_TCP_ADDR", "10.0.0.1"))
            .warnings());
  }

  @Test
  void warnsOfAutoscaling() throws Exception {
    LoadedConfig loaded =
        Written.load(Map.of("QUIVER_INSECURE", "true", "QUIVER_AUTOSCALE_ENABLED", "true"));
    List<String> warnings = loaded.warnings();
    assertEquals(1, warnings.size());
    assertEquals(GrowthMode.ADVICE, loaded.config().autoscale().mode());
    assertTrue(warnings.get(0).startsWith("QUIVER_AUTOSCALE_ENABLED: of no effect, as in Quiver"));
  }

  @Test
  void warnsOfAnEvenNumberOfMembers() throws Exception {
    String yaml = Written.GOOD.replaceAll(".*id: c3.*\\n", "");
    assertEquals(1, Written.load(folder, yaml).warnings().size());
    assertTrue(
        Written.load(folder, yaml).warnings().get(0).startsWith("ensemble.members: 2 members;"));
  }

  @Test
  void warnsOfListenPortsThatTheOthersDoNotKnow() throws Exception {
    List<String> warnings =
        Written.load(
                folder,
                Written.GOOD,
                Map.of(
                    "QUIVER_COORDINATOR__HTTP__LISTEN", "127.0.0.1:7335",
                    "QUIVER_COORDINATOR__RAFT__LISTEN", "127.0.0.1:7336"))
            .warnings();
    assertEquals(2, warnings.size());
    assertTrue(warnings.get(0).startsWith("http.listen is 127.0.0.1:7335, but"), warnings.get(0));
    assertTrue(warnings.get(1).startsWith("raft.listen is 127.0.0.1:7336, but"), warnings.get(1));
  }

  @Test
  void warnsOfAnOpenDoor() throws Exception {
    List<String> warnings =
        Written.load(Map.of("QUIVER_INSECURE", "true", "QUIVER_REST_ADDR", "0.0.0.0:6335"))
            .warnings();
    assertEquals(1, warnings.size());
    assertTrue(
        warnings.get(0).contains("everyone who reaches this address can change the cluster"));
  }

  @Test
  void noSecretShowsItself() throws Exception {
    CoordinatorConfig config =
        Written.load(folder, Written.with("key: null, router_key: null", "key: shard-secret"))
            .config();
    String shown = config.toString();
    for (String secret : List.of("correct-horse", "battery-staple", "shard-secret")) {
      assertFalse(shown.contains(secret), shown);
    }
  }

  @Test
  void addressesAreNormalised() {
    assertEquals("[::1]:6335", HostPort.parse("[::1]:6335").orElseThrow().toString());
    assertEquals("host-1:80", HostPort.parse(" Host-1:80 ").orElseThrow().toString());
    assertEquals(Optional.empty(), HostPort.parse("h:65536"));
    assertEquals(Optional.empty(), HostPort.parse("::1:80"));
  }
}
