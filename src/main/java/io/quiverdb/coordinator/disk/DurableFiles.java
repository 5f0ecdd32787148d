// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.disk;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files that are there as a whole or not at all, also after a loss of power; readable by their
 * owner only. Stateless.
 */
public final class DurableFiles {
  private DurableFiles() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; neither flushes nor closes {@code out}. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file beside its place and brings it to disk; {@link #publish} puts it in its place.
   *
   * @return where it is until then
   */
  public static Path prepare(Path place, Content content) throws IOException {
    Path temporary = place.resolveSibling(place.getFileName() + ".tmp");
    try (FileChannel channel =
        PrivateFiles.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
    return temporary;
  }

  /** Puts a prepared file in its place; its name is on disk when this returns. */
  public static void publish(Path temporary, Path place) throws IOException {
    Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    forceParent(place);
  }

  /** Writes a file in place of an older one; it is on disk when this returns. */
  public static void write(Path place, byte[] content) throws IOException {
    publish(prepare(place, out -> out.write(content)), place);
  }

  /**
   * Writes a file again with its own content. After a failed force a file reads as it was written,
   * although its disk may hold something else; forcing it once more would not write it again.
   */
  public static void rewrite(Path place) throws IOException {
    publish(prepare(place, out -> Files.copy(place, out)), place);
  }

  /** Brings a file, or the names in a directory, to disk. A rename is durable only then. */
  public static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Brings everything below a directory to disk, and its own names last. */
  public static void forceTree(Path directory) throws IOException {
    for (Path child : children(directory)) {
      if (Files.isDirectory(child)) {
        forceTree(child);
      } else {
        force(child);
      }
    }
    force(directory);
  }

  /** Brings the name of a file or directory to disk. */
  public static void forceParent(Path place) throws IOException {
    Path directory = place.toAbsolutePath().getParent();
    if (directory != null) {
      force(directory);
    }
  }

  /** Takes away a file, or a directory with everything below it; one that is not there is fine. */
  public static void delete(Path place) throws IOException {
    if (Files.isDirectory(place) && !Files.isSymbolicLink(place)) {
      for (Path child : children(place)) {
        delete(child);
      }
    }
    Files.deleteIfExists(place);
  }

  /** What is in a directory; nothing if it is not there. */
  public static List<Path> children(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
