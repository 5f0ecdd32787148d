// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.migration;

import io.quiverdb.coordinator.disk.WholeLines;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * This member's spill files: points that a migration removed although their new owner lacked them.
 * A file may still be written to: what is behind its last whole line does not count yet.
 */
public final class SpillFolder {
  /** The longest piece that is read at once, in bytes. */
  public static final int CHUNK = 4 << 20;

  /** No separator and no leading dot: a name never leads out of the folder. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}\\.jsonl");

  private final Path folder;

  /**
   * A file.
   *
   * @param bytes of its whole lines
   * @param changedMillis when it was written to last
   */
  record Spill(String name, long bytes, long changedMillis) {}

  SpillFolder(Path folder) {
    this.folder = folder;
  }

  /** Whether a file may have this name. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** All files, by name. */
  List<Spill> list() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.filter(SpillFolder::holdsPoints).sorted().toList();
    }
    List<Spill> spills = new ArrayList<>();
    for (Path file : files) {
      spills.add(
          new Spill(
              String.valueOf(file.getFileName()),
              wholeLines(file),
              Files.getLastModifiedTime(file).toMillis()));
    }
    return spills;
  }

  private static boolean holdsPoints(Path file) {
    return isName(String.valueOf(file.getFileName()))
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static long wholeLines(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      return WholeLines.length(in);
    }
  }

  /**
   * A piece of one file.
   *
   * @param from its first byte
   * @return at most {@link #CHUNK} bytes, none past the end; empty if there is no such file
   */
  Optional<byte[]> read(String name, long from) throws IOException {
    if (!isName(name) || !holdsPoints(folder.resolve(name))) {
      return Optional.empty();
    }
    try (RandomAccessFile in = new RandomAccessFile(folder.resolve(name).toFile(), "r")) {
      byte[] chunk = new byte[(int) Math.max(0, Math.min(CHUNK, in.length() - from))];
      in.seek(from);
      in.readFully(chunk);
      return Optional.of(chunk);
    }
  }
}
