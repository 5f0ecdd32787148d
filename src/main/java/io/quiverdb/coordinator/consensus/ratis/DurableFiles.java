package io.quiverdb.coordinator.consensus.ratis;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are there as a whole or not at all, also after a power cut. */
final class DurableFiles {
  private DurableFiles() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file beside its place and brings it to disk; {@link #publish} puts it in its place.
   */
  static Path prepare(Path place, Content content) throws IOException {
    Path temporary = place.resolveSibling(place.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
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

  static void publish(Path temporary, Path place) throws IOException {
    Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    Path directory = place.toAbsolutePath().getParent();
    if (directory != null) {
      syncDirectory(directory);
    }
  }

  static void write(Path place, byte[] content) throws IOException {
    publish(prepare(place, out -> out.write(content)), place);
  }

  /** A rename is durable only once its directory is. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void deleteLeftovers(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory, "*.tmp")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }
}
