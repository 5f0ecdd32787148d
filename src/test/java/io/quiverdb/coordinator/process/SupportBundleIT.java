// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member with a secret in every possible place: the bundle contains none of them. All of them
 * contain the word {@code hush}.
 */
@Tag("realtime")
class SupportBundleIT {
  private static final String KEY = "Authorization";
  private static final String ADMIN = "Bearer hush-inline-0123456789";

  @TempDir Path folder;

  private final Rest rest = new Rest();
  private final List<Integer> ports = FreePorts.take(2);
  private final URI http = URI.create("http://127.0.0.1:" + ports.get(0));
  private Process member;

  @BeforeEach
  void start() throws IOException {
    for (String file : List.of("key", "ensemble")) {
      Files.writeString(folder.resolve(file), "hush-in-file-" + file + "-0123456789\n");
      Files.setPosixFilePermissions(
          folder.resolve(file), PosixFilePermissions.fromString("rw-------"));
    }
    Path config = folder.resolve("c1.yaml");
    Files.writeString(
        config,
        """
        node: { id: c1, data_dir: %s/data }
        ensemble:
          name: quiver
          members: [ { id: c1, raft: "127.0.0.1:%d", http: "%s" } ]
          secret_file: ensemble
        http: { listen: "127.0.0.1:%d" }
        raft: { listen: "127.0.0.1:%d" }
        auth:
          api_keys:
            - { id: ops, role: admin, secret: hush-inline-0123456789 }
            - { id: eyes, role: read, secret_file: key }
        bootstrap: { shards: [ "http://127.0.0.1:9" ] }
        shards: { key: hush-shard-key }
        audit: { file: %s/audit.jsonl }
        """
            .formatted(folder, ports.get(1), http, ports.get(0), ports.get(1), folder));
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    ProcessBuilder serving =
        new ProcessBuilder(
            BuiltJar.command(
                List.of("-XX:TieredStopAtLevel=1", "-Dhttp.proxyPassword=hush-property"),
                "serve",
                "--config",
                config.toString()));
    serving.environment().put("QUIVER_COORDINATOR__SHARDS__ROUTER_KEY", "hush-router-key");
    member =
        serving.redirectErrorStream(true).redirectOutput(folder.resolve("c1.log").toFile()).start();
    await().atMost(Duration.ofSeconds(30)).until(() -> rest.get(http, "/readyz").status() == 200);
  }

  @AfterEach
  void end() {
    member.destroyForcibly().onExit().join();
  }

  @Test
  void noSecretIsInIt() throws Exception {
    for (String url :
        List.of("http://ops:hush-user@127.0.0.1:9/", "http://127.0.0.1:9/?t=hush-query")) {
      String body = "{\"url\":\"" + url + "\"}";
      assertEquals(400, rest.post(http, "/cluster/routers", body, KEY, ADMIN).status());
    }
    assertEquals(401, rest.get(http, "/cluster/map", KEY, "Bearer hush-wrong").status());
    String history = rest.get(http, "/cluster/history", KEY, ADMIN).body();
    assertTrue(history.contains("http://...@127.0.0.1:9/"), history);
    assertTrue(history.contains("http://127.0.0.1:9/?..."), history);
    Path bundle = folder.resolve("support.zip");
    Process typed =
        new ProcessBuilder(
                BuiltJar.command(
                    BuiltJar.UNOPTIMIZED,
                    "support-bundle",
                    bundle.toString(),
                    "--endpoint",
                    http.toString(),
                    "--api-key",
                    ADMIN.substring(7),
                    "--log",
                    folder.resolve("c1.log").toString(),
                    "--log",
                    folder.resolve("audit.jsonl").toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("typed").toFile())
            .start();
    assertTrue(typed.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, typed.exitValue(), Files.readString(folder.resolve("typed")));
    Map<String, String> content = new TreeMap<>();
    try (ZipFile zip = new ZipFile(bundle.toFile())) {
      for (var entry : zip.stream().toList()) {
        content.put(
            entry.getName(),
            new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    assertEquals(20, content.size(), content.keySet().toString());
    content.forEach((name, text) -> assertFalse(text.contains("hush"), name + ": " + text));
    String told = content.get("quiver-coordinator-support/members/c1/diagnostics.json");
    assertTrue(told.contains("\"router_key\":\"(secret)\""), told);
    assertTrue(told.contains("\"threads\":["), told);
    String cleaned = content.get("quiver-coordinator-support/members/c1/history.json");
    assertTrue(cleaned.contains("http://(removed)@127.0.0.1:9/"), cleaned);
  }
}
