// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import io.quiverdb.coordinator.config.ApiKeyConfig;
import io.quiverdb.coordinator.config.AuthConfig;
import io.quiverdb.coordinator.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changed files are loaded, broken ones are refused and reported, and the content in use stays in
 * use.
 */
class WatchedFilesTest {
  @TempDir Path folder;

  private Path file;
  private final List<String> taken = new ArrayList<>();
  private WatchedFiles files;

  @BeforeEach
  void watch() throws IOException {
    file = Files.writeString(folder.resolve("secret"), "first");
    files = new WatchedFiles("the secret", List.of(file), this::take);
  }

  private void take() throws IOException {
    String content = Files.readString(file);
    if (content.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    taken.add(content);
  }

  private void write(String content) throws IOException {
    Files.writeString(file, content);
    files.look();
  }

  @Test
  void whatHasNotChangedIsNotTaken() {
    files.look();
    assertEquals(List.of(), taken);
  }

  /** As an unpacked archive, or a half-finished edit, leaves it. */
  @Test
  void aChangeThatLeavesSizeAndTimeAsTheyWereIsTaken() throws IOException {
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, "other");
    Files.setLastModifiedTime(file, before);
    files.look();
    assertEquals(List.of("other"), taken);
  }

  @Test
  void aBrokenOneIsToldUntilItIsWholeOrAsItWas() throws IOException {
    write("");
    assertTrue(files.failure().orElseThrow().startsWith("the secret: " + file + " is empty; "));
    files.look();
    assertTrue(files.failure().isPresent());
    write("first");
    assertEquals(Optional.empty(), files.failure());
    assertEquals(List.of(), taken);
    write("");
    write("second");
    assertEquals(Optional.empty(), files.failure());
    assertEquals(List.of("second"), taken);
  }

  @Test
  void aMissingOneIsToldAndTakenWhenItIsBack() throws IOException {
    Files.delete(file);
    files.look();
    assertTrue(files.failure().isPresent());
    write("second");
    assertEquals(Optional.empty(), files.failure());
    assertEquals(List.of("second"), taken);
  }

  @Test
  void aKeyOpensWithTheNewSecretAloneAndABrokenFileLocksNobodyOut() throws IOException {
    Reloads reloads = new Reloads();
    ApiKeys keys =
        new ApiKeys(
            new AuthConfig(
                false,
                List.of(
                    key("ops", "first", Optional.of(file)),
                    key("deputy", "given", Optional.empty()))),
            reloads);
    assertEquals(Optional.of("ops"), opened(keys, "first"));
    Files.writeString(file, "second\n");
    reloads.look();
    assertEquals(Optional.of("ops"), opened(keys, "second"));
    assertEquals(Optional.empty(), opened(keys, "first"));
    assertEquals(Optional.of("second"), keys.admin());
    for (String broken : List.of("", "two words", "given")) {
      Files.writeString(file, broken);
      reloads.look();
      assertEquals(Optional.of("ops"), opened(keys, "second"), broken);
      assertEquals("reload_failed", reloads.alarms().get(0).code(), broken);
      assertEquals(Optional.of("deputy"), opened(keys, "given"), broken);
    }
    Files.writeString(file, "third");
    reloads.look();
    assertEquals(List.of(), reloads.alarms());
    assertEquals(Optional.of("ops"), opened(keys, "third"));
  }

  private static ApiKeyConfig key(String id, String secret, Optional<Path> file) {
    return new ApiKeyConfig(id, ApiKeyConfig.Role.ADMIN, new Secret(secret), file);
  }

  private static Optional<String> opened(ApiKeys keys, String secret) {
    Keys all = keys.keys();
    return all.authenticate("Bearer " + secret)
        .filter(caller -> caller.role() == Role.ADMIN)
        .map(io.quiverdb.coordinator.auth.Caller::keyId);
  }
}
