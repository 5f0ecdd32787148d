// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.model.Incarnations;
import io.quiverdb.coordinator.model.MemberList;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a data directory is, and when it is refused. */
class DataDirectoryTest {
  @TempDir Path dir;

  private RatisSettings settings(String id, String ensemble) {
    return RatisSettings.production(
        id,
        ensemble,
        List.of(new Member(id, "127.0.0.1:1", URI.create("http://127.0.0.1:2"))),
        dir.resolve("data"),
        "127.0.0.1",
        1,
        RatisSettings.Timing.LAN,
        RatisSettings.DEFAULT_FRESHNESS_INTERVAL,
        false);
  }

  private StorageException refused(String id, String ensemble) {
    return assertThrows(
        StorageException.class, () -> DataDirectory.open(settings(id, ensemble)).close());
  }

  private static void mentions(StorageException e, Cause exit, String... words) {
    assertEquals(exit, e.exit(), e::advice);
    for (String word : words) {
      assertTrue(e.advice().contains(word), () -> word + " is missing in: " + e.advice());
    }
  }

  @Test
  void whatItRemembersIsThereAgain() throws Exception {
    Identity first;
    try (DataDirectory directory = DataDirectory.open(settings("c1", "test"))) {
      first = directory.identity();
      assertEquals(Identity.Standing.FOUNDING, first.standing());
      first = directory.change(i -> i.founder(Map.of("c2", "x")));
      first =
          directory.change(
              i ->
                  i.agreeing(
                      Incarnations.EMPTY.admit("c3", "x").admit("c3", "y"), MemberList.EMPTY));
    }
    try (DataDirectory directory = DataDirectory.open(settings("c1", "test"))) {
      assertEquals(first, directory.identity());
      assertEquals(Map.of("c2", "x", "c3", "y"), directory.identity().known());
      assertEquals(List.of("x"), directory.identity().retired());
    }
  }

  @Test
  void whoRejoinsDoesSoUnderANewName() throws Exception {
    try (DataDirectory directory = DataDirectory.open(settings("c1", "test"))) {
      String before = directory.identity().incarnation();
      assertNotEquals(before, directory.change(i -> i.rejoining(false)).incarnation());
    }
  }

  @Test
  void anotherEnsemblesIsRefused() throws Exception {
    DataDirectory.open(settings("c1", "test")).close();
    mentions(refused("c1", "other"), Cause.STORAGE, "\"test\"", "\"other\"", "ensemble.name");
  }

  @Test
  void anotherMembersIsRefused() throws Exception {
    DataDirectory.open(settings("c1", "test")).close();
    mentions(refused("c2", "test"), Cause.STORAGE, "\"c1\"", "\"c2\"", "node.id");
  }

  @Test
  void onesInUseIsRefusedAndNamesTheHolder() throws Exception {
    try (DataDirectory directory = DataDirectory.open(settings("c1", "test"))) {
      mentions(
          refused("c1", "test"), Cause.OTHER, "in use", "pid " + ProcessHandle.current().pid());
      assertTrue(Files.exists(directory.root().resolve("identity.json")));
    }
    DataDirectory.open(settings("c1", "test")).close();
  }

  @Test
  void oneWhoseLogHasVanishedIsRefused() throws Exception {
    Path meta;
    try (DataDirectory directory = DataDirectory.open(settings("c1", "test"))) {
      Identity identity = directory.change(Identity::withStorage);
      meta = directory.raftDir().resolve(identity.groupId()).resolve("current/raft-meta");
      Files.createDirectories(meta.getParent());
      Files.writeString(meta, "x");
    }
    DataDirectory.open(settings("c1", "test")).close();
    Files.delete(meta);
    mentions(refused("c1", "test"), Cause.STORAGE, "vanished", "not mounted");
    Folders.delete(dir.resolve("data/raft"));
    mentions(refused("c1", "test"), Cause.STORAGE, "vanished");
  }

  @Test
  void aLogWithoutIdentityIsRefused() throws Exception {
    Files.createDirectories(dir.resolve("data/raft/x"));
    mentions(refused("c1", "test"), Cause.STORAGE, "identity.json", "missing");
  }

  @Test
  void aDamagedIdentityIsRefused() throws Exception {
    DataDirectory.open(settings("c1", "test")).close();
    Path file = dir.resolve("data/identity.json");
    for (String content : List.of("", "{", "{\"schema\":2}", "{\"schema\":1}", "[]")) {
      Files.writeString(file, content);
      mentions(refused("c1", "test"), Cause.STORAGE, "damaged");
    }
    assertFalse(Files.readString(file).isEmpty(), "it is left as it is");
  }

  @Test
  void aMissingRightIsNoDamage() throws Exception {
    DataDirectory.open(settings("c1", "test")).close();
    Path file = dir.resolve("data/identity.json");
    Files.delete(file);
    Files.createDirectory(file); // root may read whatever has no rights
    StorageException refused = refused("c1", "test");
    mentions(refused, Cause.OTHER, "Is a directory", "Nothing");
  }

  @Test
  void whatIsMadeIsForItsOwnerOnly() throws Exception {
    try (DataDirectory directory = DataDirectory.open(settings("c1", "test"))) {
      directory.raftDir();
    }
    for (String made : List.of("data", "data/raft")) {
      assertEquals("rwx------", rights(made), made);
    }
    for (String made : List.of("data/identity.json", "data/lock")) {
      assertEquals("rw-------", rights(made), made);
    }
  }

  private String rights(String file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(file)));
  }

  @Test
  void nothingIsWrittenOnceItIsClosed() throws Exception {
    DataDirectory directory = DataDirectory.open(settings("c1", "test"));
    directory.close();
    assertThrows(IOException.class, () -> directory.change(Identity::withStorage));
  }

  @Test
  void aFileInItsPlaceIsRefused() throws Exception {
    Files.writeString(dir.resolve("data"), "no directory");
    mentions(refused("c1", "test"), Cause.OTHER, "cannot be used");
  }
}
