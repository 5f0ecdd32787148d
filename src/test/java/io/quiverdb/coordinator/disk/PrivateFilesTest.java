// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New files are readable by their owner only, under any umask of this process. */
class PrivateFilesTest {
  @TempDir Path dir;

  private static String rights(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void directoriesAndFilesAreForTheirOwnerOnly() throws Exception {
    Path inner = PrivateFiles.createDirectories(dir.resolve("a/b"));
    assertEquals("rwx------", rights(dir.resolve("a")));
    assertEquals("rwx------", rights(inner));
    PrivateFiles.open(inner.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
        .close();
    assertEquals("rw-------", rights(inner.resolve("f")));
    DurableFiles.write(inner.resolve("g"), new byte[] {1});
    assertEquals("rw-------", rights(inner.resolve("g")));
  }

  @Test
  void whatIsThereKeepsItsRights() throws Exception {
    Path given = Files.createDirectory(dir.resolve("given"));
    Files.setPosixFilePermissions(given, PosixFilePermissions.fromString("rwxr-x---"));
    PrivateFiles.createDirectories(given.resolve("ours"));
    assertEquals("rwxr-x---", rights(given));
    assertEquals("rwx------", rights(given.resolve("ours")));
  }

  @Test
  void aFileInPlaceOfADirectoryIsRefused() throws Exception {
    Files.writeString(dir.resolve("f"), "no directory");
    assertThrows(
        FileAlreadyExistsException.class, () -> PrivateFiles.createDirectories(dir.resolve("f")));
  }

  @Test
  void aRewrittenFileIsAnotherOneWithTheSameContent() throws Exception {
    Path file = Files.writeString(dir.resolve("f"), "content");
    Object before = Files.readAttributes(file, "unix:ino").get("ino");
    DurableFiles.rewrite(file);
    assertEquals("content", Files.readString(file));
    assertNotEquals(before, Files.readAttributes(file, "unix:ino").get("ino"));
  }
}
