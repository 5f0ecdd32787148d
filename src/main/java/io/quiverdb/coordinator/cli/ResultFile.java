// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.disk.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file that an operator named for a result. A regular file is replaced atomically by a new file
 * that is on disk already. A symbolic link stays, and its target is replaced. A pipe or a device is
 * written to.
 *
 * @param path as the operator gave it
 */
record ResultFile(Path path) {
  private static final int MAX_LINKS = 40;

  /** Opens the file that takes the old one's place. */
  @FunctionalInterface
  private interface Opening {
    FileChannel open(Path part) throws IOException;
  }

  /**
   * Writes the whole text.
   *
   * @throws IOException if it could not be written completely; a regular file is then unchanged
   */
  void write(String text) throws IOException {
    write(
        text.getBytes(StandardCharsets.UTF_8),
        part ->
            FileChannel.open(
                part,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING));
  }

  /**
   * Writes all bytes into a file that no other user may read.
   *
   * @throws IOException as for {@link #write}
   */
  void writePrivately(byte[] bytes) throws IOException {
    write(
        bytes,
        part -> {
          // One that was left behind may be readable for others.
          Files.deleteIfExists(part);
          return PrivateFiles.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        });
  }

  private void write(byte[] bytes, Opening opening) throws IOException {
    Path file = path.toAbsolutePath();
    if (Files.isDirectory(file)) {
      throw new FileAlreadyExistsException(path.toString(), null, "is a directory");
    }
    if (isStream(file)) {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
        writeTo(channel, bytes);
        if (Files.isRegularFile(file)) {
          channel.force(true);
        }
      }
      return;
    }
    Path target = followed(file);
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (FileChannel channel = opening.open(part)) {
        writeTo(channel, bytes);
        channel.force(true);
      }
      move(part, target);
    } catch (IOException e) {
      removeAfter(e, part);
      throw e;
    }
  }

  /** Names of open descriptors count too: they may be any kind of file. */
  private static boolean isStream(Path file) {
    return (Files.exists(file) && !Files.isRegularFile(file))
        || file.startsWith("/dev")
        || file.startsWith("/proc");
  }

  /** Follows links by hand: the target may not exist yet, so toRealPath would fail. */
  private static Path followed(Path file) throws IOException {
    Path at = file;
    for (int i = 0; i < MAX_LINKS && Files.isSymbolicLink(at); i++) {
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  private static void writeTo(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  private static void move(Path part, Path target) throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void removeAfter(IOException failure, Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
