// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.model.FullMap;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapSourceTest {
  private static final String STATE =
      """
      {"next_id": 9, "map": {"version": 41, "shards": [
        {"id": 0, "primary_url": "http://a:6333", "replica_urls": []},
        {"id": 5, "primary_url": "http://b:6333"}], "joining": [5]}}
      """;

  @TempDir Path folder;

  @Test
  void seedsTheMapInTheOrderOfTheList() throws Exception {
    BootstrapSource source = BootstrapSource.read(good()).orElseThrow();
    assertEquals(
        new ShardMap(
            0,
            List.of(
                new Shard(0, "http://127.0.0.1:6333", List.of("http://127.0.0.1:7333")),
                new Shard(1, "http://127.0.0.1:6433", List.of())),
            List.of(),
            List.of()),
        source.map());
    assertEquals(2, source.nextId());
    assertEquals(List.of("http://127.0.0.1:6330"), source.routers());
    assertEquals(List.of(), source.warnings());
    assertEquals("uuid", source.command("uuid").clusterId());
  }

  @Test
  void theMapVersionIsTheConfiguredOne() throws Exception {
    CoordinatorConfig config =
        Written.load(folder, Written.with("map_version: 0", "map_version: 18446744073709551614"))
            .config();
    assertEquals(-2L, BootstrapSource.read(config).orElseThrow().map().version());
  }

  @Test
  void nothingConfiguredIsNothing() throws Exception {
    CoordinatorConfig config = environment(Map.of());
    assertEquals(Optional.empty(), BootstrapSource.read(config));
  }

  @Test
  void importsAStateFileAndLeavesItAlone() throws Exception {
    Path file = Files.writeString(folder.resolve("state.json"), STATE);
    CoordinatorConfig config =
        environment(
            Map.of(
                "QUIVER_COORDINATOR_STATE",
                file.toString(),
                "QUIVER_CLUSTER_SHARDS",
                "[http://other:6333]"));
    BootstrapSource source = BootstrapSource.read(config).orElseThrow();
    assertEquals(41, source.map().version());
    assertEquals(9, source.nextId());
    assertEquals(List.of(5L), source.map().joining());
    assertEquals(1, source.warnings().size());
    assertTrue(source.warnings().get(0).contains("joining: 5 (http://b:6333)"));
    assertArrayEquals(STATE.getBytes("UTF-8"), Files.readAllBytes(file));
  }

  @Test
  void aStateFileWhoseMapIsTooLargeIsRefusedAtOnce() throws Exception {
    List<Shard> shards = new ArrayList<>(FullMap.map().shards());
    shards.add(new Shard(9_000, "http://one-shard-more-than-there-may-be.example:6333", List.of()));
    ShardMap map = new ShardMap(7, shards, List.of(), List.of());
    Path file = folder.resolve("state.json");
    Files.writeString(
        file, "{\"map\":" + new String(ShardMapJson.toBytes(map), StandardCharsets.UTF_8) + "}");
    CoordinatorConfig config = environment(Map.of("QUIVER_COORDINATOR_STATE", file.toString()));
    ConfigException refused =
        assertThrows(ConfigException.class, () -> BootstrapSource.read(config));
    assertTrue(
        refused.getMessage().contains("map.shards: have more than 2 MiB of JSON"),
        refused.getMessage());
    Files.write(file, new byte[(8 << 20) + 1]);
    assertTrue(
        assertThrows(ConfigException.class, () -> BootstrapSource.read(config))
            .getMessage()
            .contains("is over 8 MiB"));
  }

  @Test
  void theHigherOfTwoVersionsIsTaken() throws Exception {
    Files.writeString(folder.resolve("state.json"), STATE);
    String yaml =
        Written.GOOD
            .replaceAll("  (shards|replicas): \\[.*\\n", "")
            .replace("import_state: null", "import_state: state.json");
    assertEquals(41, version(yaml));
    assertEquals(50, version(yaml.replace("map_version: 0", "map_version: 50")));
  }

  private long version(String yaml) throws Exception {
    return BootstrapSource.read(Written.load(folder, yaml).config()).orElseThrow().map().version();
  }

  @Test
  void aMissingStateFileIsNoErrorBehindQuiversVariable() throws Exception {
    CoordinatorConfig config =
        environment(
            Map.of(
                "QUIVER_COORDINATOR_STATE",
                folder.resolve("absent.json").toString(),
                "QUIVER_CLUSTER_SHARDS",
                "[http://a:6333]"));
    assertEquals(1, BootstrapSource.read(config).orElseThrow().map().shards().size());
  }

  @Test
  void aMissingStateFileIsAnErrorBehindImportState() throws Exception {
    CoordinatorConfig config =
        environment(Map.of("QUIVER_COORDINATOR__BOOTSTRAP__IMPORT_STATE", "absent.json"));
    ConfigException e = assertThrows(ConfigException.class, () -> BootstrapSource.read(config));
    assertTrue(
        e.getMessage()
            .endsWith("absent.json: there is no such file, but bootstrap.import_state names it"),
        e.getMessage());
  }

  @Test
  void aBrokenStateFileIsNamedWithThePlace() throws Exception {
    assertEquals(
        "the state file cannot be imported: map.shards[1].primary_url: is missing",
        broken(STATE.replace("\"primary_url\": \"http://b:6333\"", "\"x\": 1")));
    assertEquals(
        "the state file cannot be imported: colour: this field is not known",
        broken(STATE.replace("\"next_id\": 9", "\"next_id\": 9, \"colour\": 1")));
    assertEquals(
        "map.shards: is empty; there is nothing to import", broken("{\"map\":{\"shards\":[]}}"));
    assertTrue(
        broken(STATE.substring(0, 80))
            .startsWith("the state file cannot be imported: no valid JSON"));
  }

  @Test
  void aLeavingShardIsForADrain() throws Exception {
    String state = STATE.replace("\"joining\"", "\"leaving\"");
    Path file = Files.writeString(folder.resolve("state.json"), state);
    BootstrapSource source =
        BootstrapSource.read(environment(Map.of("QUIVER_COORDINATOR_STATE", file.toString())))
            .orElseThrow();
    assertEquals(List.of(5L), source.map().leaving());
    assertTrue(source.warnings().get(0).contains("is continued by a drain"));
    assertEquals(
        "map.leaving: names 2 shards, and only one shard at a time can leave; import a copy of the"
            + " file in which all but one are removed and the version is raised by one",
        broken(
            state
                .replace("[5]", "[5, 0]")
                .replace(
                    "\"http://b:6333\"}",
                    "\"http://b:6333\"}, {\"id\": 7, \"primary_url\": \"http://c\"}")));
  }

  private String broken(String state) throws Exception {
    Path file = Files.writeString(folder.resolve("state.json"), state);
    CoordinatorConfig config = environment(Map.of("QUIVER_COORDINATOR_STATE", file.toString()));
    ConfigException e = assertThrows(ConfigException.class, () -> BootstrapSource.read(config));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    return e.getMessage().substring((file + ": ").length());
  }

  @Test
  void membersThatAreConfiguredAlikeHaveOneFingerprint() throws Exception {
    String one = fingerprint(Written.GOOD);
    assertEquals("sha256:", one.substring(0, 7));
    assertEquals(
        one, fingerprint(Written.with("\"http://127.0.0.1:6433\"", "\"HTTP://127.0.0.1:6433/\"")));
    assertEquals(
        fingerprint(
            Written.with("[ \"http://127.0.0.1:6330\" ]", "[ \"http://r1\", \"http://r2\" ]")),
        fingerprint(
            Written.with("[ \"http://127.0.0.1:6330\" ]", "[ \"http://r2\", \"http://r1\" ]")));
    for (String other :
        List.of(
            Written.with("map_version: 0", "map_version: 1"),
            Written.with("0=http", "1=http"),
            Written.with("127.0.0.1:6433", "127.0.0.1:6434"),
            Written.with("127.0.0.1:6330", "127.0.0.1:6331"))) {
      assertNotEquals(one, fingerprint(other));
    }
  }

  private String fingerprint(String yaml) throws Exception {
    return BootstrapSource.read(Written.load(folder, yaml).config()).orElseThrow().fingerprint();
  }

  private CoordinatorConfig good() throws Exception {
    return Written.load(folder, Written.GOOD).config();
  }

  private static CoordinatorConfig environment(Map<String, String> more) throws Exception {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("QUIVER_INSECURE", "true");
    return Written.load(environment).config();
  }
}
