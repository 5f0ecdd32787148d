// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every shipped file works. */
class ShippedConfigurationsTest {
  private static final Path SHIPPED = Path.of("cluster-configs");

  @TempDir Path folder;

  @Test
  void threeMembersOnOneMachine() throws Exception {
    List<CoordinatorConfig> members = new ArrayList<>();
    TreeSet<String> fingerprints = new TreeSet<>();
    for (String id : List.of("c1", "c2", "c3")) {
      LoadedConfig loaded =
          ConfigLoader.load(Optional.of(SHIPPED.resolve("local/" + id + ".yaml")), Map.of());
      assertEquals(List.of(), loaded.warnings());
      CoordinatorConfig config = loaded.config();
      assertEquals(id, config.node().id());
      assertEquals(Path.of("data", id), config.node().dataDir());
      assertEquals(config.http().listen().port(), config.ensemble().member(id).http().getPort());
      members.add(config);
      fingerprints.add(BootstrapSource.read(config).orElseThrow().fingerprint());
    }
    assertEquals(1, members.stream().map(CoordinatorConfig::ensemble).distinct().count());
    assertEquals(1, fingerprints.size());
  }

  @Test
  void oneOfThreeHosts() throws Exception {
    Path copy = folder.resolve("coordinator.yaml");
    Files.copy(SHIPPED.resolve("production/coordinator.yaml"), copy);
    for (String key : List.of("ops", "routers", "prometheus")) {
      Path file = folder.resolve("keys/" + key);
      Files.createDirectories(file.getParent());
      Files.writeString(file, key + "-secret\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }
    LoadedConfig loaded = ConfigLoader.load(Optional.of(copy), Map.of());
    assertEquals(List.of(), loaded.warnings());
    assertEquals(MigrationConfig.DEFAULT, loaded.config().migration());
    assertEquals(ShardsConfig.DEFAULT, loaded.config().shards());
    BootstrapSource source = BootstrapSource.read(loaded.config()).orElseThrow();
    assertEquals(3, source.map().shards().size());
    assertEquals(2, source.routers().size());
  }

  @Test
  void threeMembersOfCompose() throws Exception {
    for (String id : List.of("c1", "c2", "c3")) {
      LoadedConfig loaded =
          ConfigLoader.load(
              Optional.of(SHIPPED.resolve("container/coordinator.yaml")),
              Map.of(
                  "QUIVER_COORDINATOR__NODE__ID", id,
                  "QUIVER_API_KEYS", "one-secret",
                  "QUIVER_CLUSTER_SHARD_KEY", "one-secret",
                  "QUIVER_COORDINATOR__SHARDS__ROUTER_KEY", "one-secret"));
      assertEquals(List.of(), loaded.warnings());
      assertEquals(id, loaded.config().node().id());
    }
  }

  /** Its secrets are where the StatefulSet mounts them, and its pods are the members. */
  @Test
  void threePods() throws Exception {
    YAMLMapper yaml = new YAMLMapper();
    Map<String, JsonNode> kinds = new TreeMap<>();
    try (MappingIterator<JsonNode> documents =
        yaml.readerFor(JsonNode.class)
            .readValues(SHIPPED.resolve("kubernetes/quiver-coordinator.yaml").toFile())) {
      documents.forEachRemaining(document -> kinds.put(document.path("kind").asText(), document));
    }
    JsonNode secrets =
        yaml.readTree(SHIPPED.resolve("kubernetes/secret.yaml").toFile()).path("stringData");
    Path mounted = folder.resolve("keys");
    Files.createDirectories(mounted);
    for (String key : List.of("ops", "routers", "prometheus")) {
      Path file = Files.writeString(mounted.resolve(key), secrets.path(key).asText());
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
    }
    Path copy =
        Files.writeString(
            folder.resolve("coordinator.yaml"),
            kinds
                .get("ConfigMap")
                .path("data")
                .path("coordinator.yaml")
                .asText()
                .replace("/etc/quiver-coordinator-keys", mounted.toString()));
    JsonNode pods = kinds.get("StatefulSet");
    for (int pod = 0; pod < pods.path("spec").path("replicas").asInt(); pod++) {
      String id = pods.path("metadata").path("name").asText() + "-" + pod;
      LoadedConfig loaded =
          ConfigLoader.load(
              Optional.of(copy),
              Map.of(
                  "QUIVER_COORDINATOR__NODE__ID", id,
                  "QUIVER_CLUSTER_SHARD_KEY", secrets.path("routers").asText(),
                  "QUIVER_COORDINATOR__SHARDS__ROUTER_KEY", secrets.path("router-admin").asText()));
      assertEquals(List.of(), loaded.warnings());
      assertEquals(
          id + "." + pods.path("spec").path("serviceName").asText(),
          loaded.config().ensemble().member(id).http().getHost());
    }
  }

  @Test
  void everyYamlIsOneThatATestLoads() throws IOException {
    try (Stream<Path> files = Files.walk(SHIPPED)) {
      List<String> names =
          files
              .map(file -> SHIPPED.relativize(file).toString())
              .filter(name -> name.matches(".*\\.ya?ml"))
              .sorted()
              .toList();
      assertEquals(
          List.of(
              "container/compose.yaml",
              "container/coordinator.yaml",
              "kubernetes/quiver-coordinator.yaml",
              "kubernetes/secret.yaml",
              "local/c1.yaml",
              "local/c2.yaml",
              "local/c3.yaml",
              "production/coordinator.yaml",
              "production/prometheus.yml",
              "production/quiver-coordinator.rules.test.yml",
              "production/quiver-coordinator.rules.yml"),
          names);
    }
  }
}
