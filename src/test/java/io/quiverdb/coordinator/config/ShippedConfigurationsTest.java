// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever copies a shipped file gets one that works. */
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
              "local/c1.yaml",
              "local/c2.yaml",
              "local/c3.yaml",
              "production/coordinator.yaml",
              "production/prometheus.yml",
              "production/quiver-coordinator.rules.yml"),
          names);
    }
  }
}
