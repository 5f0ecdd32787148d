// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration as others may see it. */
class ShownConfigTest {
  @TempDir Path folder;

  private JsonNode shown(String yaml) throws Exception {
    return ShownConfig.toAdmin(Written.load(folder, yaml, Map.of()).config());
  }

  @Test
  void showsWhatIsInEffectAndNoSecret() throws Exception {
    Files.writeString(folder.resolve("key"), "hush-in-a-file-0123456789\n");
    JsonNode shown =
        shown(
            """
            node: { id: c1, data_dir: data }
            ensemble:
              name: quiver
              members: [ { id: c1, raft: "127.0.0.1:6336", http: "http://127.0.0.1:6335" } ]
              secret: hush-ensemble-0123456789
            http: { listen: "127.0.0.1:6335" }
            raft: { listen: "127.0.0.1:6336" }
            auth:
              api_keys:
                - { id: ops, role: admin, secret: hush-inline-0123456789 }
                - { id: eyes, role: read, secret_file: key }
            shards: { key: hush-shards, router_key: hush-routers }
            bootstrap: { shards: [ "http://127.0.0.1:6333" ] }
            """);
    String text = shown.toString();
    assertFalse(text.contains("hush"), text);
    assertEquals("c1", shown.path("node").path("id").asText());
    assertEquals(
        "127.0.0.1:6336", shown.path("ensemble").path("members").path(0).path("raft").asText());
    assertEquals("ops", shown.path("auth").path("api_keys").path(0).path("id").asText());
    assertEquals("(secret)", shown.path("auth").path("api_keys").path(0).path("secret").asText());
    assertEquals("(secret)", shown.path("shards").path("key").asText());
    assertEquals("PT10S", shown.path("migration").path("request_drain").asText());
    assertEquals(8 << 20, shown.path("migration").path("batch_bytes").asInt());
    assertTrue(shown.path("tls").isNull());
    assertFalse(text.contains("not shown"), "a type that nobody looked at: " + text);
  }

  @Test
  void onlyAnAdminSeesPathsAndKeys() throws Exception {
    for (String yaml : new String[] {Written.GOOD, Written.JOINING}) {
      CoordinatorConfig config = Written.load(folder, yaml, Map.of()).config();
      String shown = ShownConfig.toOthers(config).toString();
      assertFalse(shown.contains("not shown"), shown);
      assertEquals("(path)", ShownConfig.toOthers(config).path("node").path("data_dir").asText());
      JsonNode keys = ShownConfig.toOthers(config).path("auth").path("api_keys");
      assertEquals(config.auth().apiKeys().size(), keys.size());
      keys.forEach(key -> assertEquals("(key)", key.asText()));
      assertFalse(shown.replaceAll("\"[a-z]+://[^\"]*\"", "").contains("/"), shown);
    }
  }

  @Test
  void everyValueOfALargeConfigurationIsOfAKnownType() throws Exception {
    for (String yaml : new String[] {Written.GOOD, Written.JOINING}) {
      String text = shown(yaml).toString();
      assertFalse(text.contains("not shown"), text);
    }
  }
}
