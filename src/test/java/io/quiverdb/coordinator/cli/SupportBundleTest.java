// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.cli.Typed.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The content of a {@code support-bundle}, and when none is written. */
class SupportBundleTest {
  @TempDir Path folder;

  @AutoClose private final StubMember first = new StubMember();
  @AutoClose private final StubMember second = new StubMember();
  private final Shell shell = new Shell().at(first).with("QUIVER_API_KEY", "hush-own-key");

  private void answer(StubMember member, String id) {
    String status =
        """
        {"node":"%s","leader":null,"members":[{"id":"c1","raft":"127.0.0.1:1","http":"%s"},
          {"id":"c2","raft":"127.0.0.1:1","http":"%s"}],"routers":[]}"""
            .formatted(id, first.url(), second.url());
    member.on(
        "GET /cluster/status",
        exchange -> {
          exchange.getResponseHeaders().set("X-Quiver-Node", id);
          StubMember.text(exchange, 200, status);
        });
    member.on("GET /metrics", 200, "a_total 1\n");
    member.problem("GET /cluster/map?consistency=local", 503, "Service Unavailable", "no quorum");
    member.on(
        "GET /cluster/history",
        200,
        "{\"history\":[{\"command\":\"add_shard http://u:hush-in-url@s:1\",\"outcome\":\"no:"
            + " http://s:1/?t=hush-query\"}]}");
    member.on("GET /cluster/diagnostics", 200, "{\"threads\":[\"main hush-own-key\"]}");
  }

  private Path file() {
    return folder.resolve("support.zip");
  }

  private static Map<String, String> content(Path archive) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (var entry : zip.stream().toList()) {
        content.put(
            entry.getName().replace("quiver-coordinator-support/", ""),
            new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return content;
  }

  @Test
  void holdsWhatEveryMemberTellsWithoutAQuorum() throws Exception {
    answer(first, "c1");
    answer(second, "c2");
    Typed typed = shell.type("support-bundle", file().toString());
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.err().startsWith("wrote what 2 members tell to "), typed.err());
    assertEquals("", typed.out());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    Map<String, String> content = content(file());
    assertEquals("a_total 1\n", content.get("members/c2/metrics.txt"));
    assertTrue(content.get("members/c1/map.json").contains("no quorum"), content.toString());
    assertTrue(content.get("doctor.json").contains("\"reachable\""), content.toString());
    assertTrue(content.containsKey("README.txt"));
    JsonNode manifest = new ObjectMapper().readTree(content.get("manifest.json"));
    assertEquals(2, manifest.path("members").size());
    assertEquals(15, manifest.path("members").path(1).path("files").size());
    assertFalse(String.join("", content.values()).contains("hush"), content.toString());
  }

  @Test
  void saysWhoDidNotAnswerAndWhatWasRefused() throws Exception {
    answer(first, "c1");
    first.problem("GET /cluster/diagnostics", 403, "Forbidden", "this takes an admin key");
    second.close();
    Typed typed = shell.type("support-bundle", file().toString());
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.err().contains("they take an admin key"), typed.err());
    String manifest = content(file()).get("manifest.json");
    assertTrue(manifest.contains("connection refused"), manifest);
  }

  @Test
  void withoutAnyMemberItHoldsWhatTheDoctorSaw() throws Exception {
    first.close();
    Typed typed = shell.type("support-bundle", file().toString());
    assertEquals(1, typed.code());
    assertTrue(content(file()).get("doctor.json").contains("connection refused"));
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyIfAskedFor() throws Exception {
    answer(first, "c1");
    Files.writeString(file(), "older");
    Typed refused = shell.type("support-bundle", file().toString());
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("is there already"), refused.err());
    assertEquals("older", Files.readString(file()));
    assertEquals(0, shell.type("support-bundle", file().toString(), "--force").code());
    assertTrue(content(file()).containsKey("manifest.json"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
  }

  @Test
  void aLogIsTakenWithoutItsSecrets() throws Exception {
    answer(first, "c1");
    Path log = folder.resolve("c1.log");
    Files.writeString(log, "began\nQUIVER_API_KEYS=hush-log\nended\n");
    Typed typed = shell.type("support-bundle", file().toString(), "--log", log.toString());
    assertEquals(0, typed.code(), typed.err());
    assertEquals("began\nQUIVER_API_KEYS=(removed)\nended\n", content(file()).get("logs/c1.log"));
    Typed missing =
        shell.type("support-bundle", folder.resolve("b").toString(), "--log", "/no/such.log");
    assertEquals(1, missing.code());
    assertFalse(Files.exists(folder.resolve("b")));
  }
}
