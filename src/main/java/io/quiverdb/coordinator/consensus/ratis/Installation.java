// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a snapshot from the leader durable. Ratis receives it below {@code tmp/snapshot-…}, renames
 * {@code sm} to {@code sm.tmp…}, renames what it received to {@code sm} and deletes the older ones.
 * It forces none of this to disk, and never removes what it gave up.
 */
final class Installation {
  private static final Logger LOG = LoggerFactory.getLogger(Installation.class);
  private static final String CHECKSUM = ".md5";

  /** Gives a file a second name; throws if the file system has no hard links. */
  interface Linking {
    void link(Path place, Path file) throws IOException;
  }

  private Installation() {}

  /**
   * Forces a received snapshot to disk, and adds it to the older ones as well. After a power
   * failure at any moment one of the two places has it.
   *
   * @param sm where the snapshots are; {@code tmp} is next to it
   */
  static void keepReceived(Path sm) throws IOException {
    keepReceived(sm, Files::createLink);
  }

  static void keepReceived(Path sm, Linking linking) throws IOException {
    for (Path received : received(sm)) {
      List<Path> files = new ArrayList<>(DurableFiles.children(received));
      // The checksum is written last: a snapshot without one was given up halfway.
      if (files.stream().anyMatch(Installation::isChecksum)) {
        DurableFiles.forceTree(received);
        // The checksum comes first: Ratis would take a snapshot without one for the newest.
        files.sort(Comparator.comparing(file -> !isChecksum(file)));
        for (Path file : files) {
          Path place = sm.resolve(file.getFileName());
          if (Files.isDirectory(sm) && !Files.exists(place)) {
            put(file, place, linking);
          }
        }
      }
    }
    DurableFiles.forceParent(sm.resolveSibling("tmp/any"));
    if (Files.isDirectory(sm)) {
      DurableFiles.force(sm);
    }
  }

  private static boolean isChecksum(Path file) {
    return file.toString().endsWith(CHECKSUM);
  }

  /** Forces the directory after each file, so the names reach the disk in order. */
  private static void put(Path file, Path place, Linking linking) throws IOException {
    try {
      linking.link(place, file);
      DurableFiles.forceParent(place);
    } catch (UnsupportedOperationException | FileSystemException e) {
      LOG.info("the file system makes no hard link, so {} is copied: {}", file, e.toString());
      DurableFiles.publish(DurableFiles.prepare(place, out -> Files.copy(file, out)), place);
    }
  }

  private static List<Path> received(Path sm) throws IOException {
    return DurableFiles.children(sm.resolveSibling("tmp")).stream()
        .filter(child -> String.valueOf(child.getFileName()).startsWith("snapshot-"))
        .filter(Files::isDirectory)
        .toList();
  }

  /** Undoes half a replacement and removes what was given up, before anything is read. */
  static void tidy(Path group, Path sm) throws IOException {
    List<Path> older =
        DurableFiles.children(group).stream()
            .filter(child -> String.valueOf(child.getFileName()).startsWith("sm.tmp"))
            .toList();
    if (!older.isEmpty() && DurableFiles.children(sm).isEmpty()) {
      Files.deleteIfExists(sm);
      Files.move(older.get(older.size() - 1), sm);
      DurableFiles.force(group);
    }
    for (Path replaced : older) {
      DurableFiles.delete(replaced);
    }
    for (Path part : DurableFiles.children(group.resolve("tmp"))) {
      DurableFiles.delete(part);
    }
    for (Path file : DurableFiles.children(sm)) {
      if (file.toString().endsWith(".tmp")) {
        DurableFiles.delete(file);
      }
    }
  }

  /** Removes parts of snapshots that have not grown since a moment. */
  static void sweep(Path sm, FileTime untouchedSince) throws IOException {
    for (Path received : received(sm)) {
      boolean alive = false;
      for (Path file : DurableFiles.children(received)) {
        alive |= Files.getLastModifiedTime(file).compareTo(untouchedSince) > 0;
      }
      if (!alive && Files.getLastModifiedTime(received).compareTo(untouchedSince) <= 0) {
        DurableFiles.delete(received);
      }
    }
  }
}
