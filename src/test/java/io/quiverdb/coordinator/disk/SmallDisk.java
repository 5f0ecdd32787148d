// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.disk;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A separate file system in memory that can be filled to its last byte or made read-only. */
public final class SmallDisk implements AutoCloseable {
  private final Path place;

  private SmallDisk(Path place) {
    this.place = place;
  }

  /** Mounts one, or skips the test: the build then lists it as not tested on this machine. */
  public static SmallDisk mountedOrAbort(Path place, int bytes) throws IOException {
    Files.createDirectories(place);
    try {
      run("mount", "-t", "tmpfs", "-o", "mode=700,size=" + bytes, "tmpfs", place.toString());
    } catch (IOException e) {
      return abort(
          "NOT TESTED: a full or read-only disk needs a mount, which cannot be made here (root is"
              + " wanted): "
              + e.getMessage());
    }
    return new SmallDisk(place);
  }

  /** Leaves no byte free. */
  public void fill() throws IOException {
    IOException full = null;
    try (OutputStream out = Files.newOutputStream(place.resolve("filler"))) {
      while (full == null) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      full = e;
    }
    if (!full.getMessage().contains("No space left")) {
      throw full;
    }
  }

  /** Nothing can be written to it any more. */
  public void becomeReadOnly() throws IOException {
    run("mount", "-o", "remount,ro", place.toString());
  }

  /** Unmounts it with everything on it, even while a file of it is open. */
  @Override
  public void close() throws IOException {
    run("umount", "-l", place.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
