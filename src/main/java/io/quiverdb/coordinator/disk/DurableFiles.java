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
 * Writes files that exist completely or not at all, also after a power loss; readable by their
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
   * Writes a temporary file and forces it to disk; {@link #publish} moves it to its place.
   *
   * @return the temporary file
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

  /** Moves a prepared file to its place; its name is on disk when this returns. */
  public static void publish(Path temporary, Path place) throws IOException {
    Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    forceParent(place);
  }

  /** Replaces a file; the new one is on disk when this returns. */
  public static void write(Path place, byte[] content) throws IOException {
    publish(prepare(place, out -> out.write(content)), place);
  }

  /**
   * Rewrites a file with its own content. After a failed force, reads return the written bytes from
   * the cache, although the disk may have others; another force would not write them again.
   */
  public static void rewrite(Path place) throws IOException {
    publish(prepare(place, out -> Files.copy(place, out)), place);
  }

  /** Forces a file, or the names in a directory, to disk. A rename is durable only then. */
  public static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Forces everything below a directory to disk, its own names last. */
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

  /** Forces the name of a file or directory to disk. */
  public static void forceParent(Path place) throws IOException {
    Path directory = place.toAbsolutePath().getParent();
    if (directory != null) {
      force(directory);
    }
  }

  /** Deletes a file, or a directory with everything below it; does nothing if it does not exist. */
  public static void delete(Path place) throws IOException {
    if (Files.isDirectory(place) && !Files.isSymbolicLink(place)) {
      for (Path child : children(place)) {
        delete(child);
      }
    }
    Files.deleteIfExists(place);
  }

  /** The content of a directory; nothing if it does not exist. */
  public static List<Path> children(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
