// SPDX-License-Identifier: Apache-2.0
package org.apache.ratis.util;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.disk.SmallDisk;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is replaced as a whole, or stays as it was. */
class AtomicFileOutputStreamTest {
  private static final byte[] OLD = "old".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void begin() throws IOException {
    file = dir.resolve("file");
    Files.write(file, OLD);
  }

  private boolean temporaryIsThere() {
    return AtomicFileOutputStream.getTemporaryFile(file.toFile()).exists();
  }

  @Test
  void itIsReplacedWhenThatIsClosed() throws IOException {
    byte[] fresh = new byte[100_000];
    try (AtomicFileOutputStream out = new AtomicFileOutputStream(file.toFile())) {
      out.write(fresh);
      assertTrue(temporaryIsThere());
      assertArrayEquals(OLD, Files.readAllBytes(file));
      out.close();
      assertTrue(out.isClosed());
    }
    assertArrayEquals(fresh, Files.readAllBytes(file));
    assertFalse(temporaryIsThere());
  }

  @Test
  void itStaysWhenThatIsGivenUp() throws IOException {
    try (AtomicFileOutputStream out = new AtomicFileOutputStream(file.toFile())) {
      out.write(1);
      out.abort();
    }
    assertArrayEquals(OLD, Files.readAllBytes(file));
    assertFalse(temporaryIsThere());
  }

  /** As Ratis writes a vote: what was not written is flushed once more, and then all is closed. */
  @Test
  void itStaysOnAFullDisk() throws IOException {
    try (SmallDisk disk = SmallDisk.mountedOrAbort(dir.resolve("disk"), 1 << 20)) {
      file = dir.resolve("disk/file");
      Files.write(file, OLD);
      disk.fill();
      Properties properties = new Properties();
      properties.setProperty("term", "7");
      IOException failure =
          assertThrows(
              IOException.class,
              () -> {
                try (Writer out =
                    new OutputStreamWriter(
                        new AtomicFileOutputStream(file.toFile()), StandardCharsets.UTF_8)) {
                  properties.store(out, "");
                }
              });
      assertEquals("No space left on device", failure.getMessage());
      assertArrayEquals(OLD, Files.readAllBytes(file));
      assertFalse(temporaryIsThere());
    }
  }
}
