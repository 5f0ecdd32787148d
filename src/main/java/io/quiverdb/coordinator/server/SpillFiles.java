// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quiverdb.coordinator.disk.PrivateFiles;
import io.quiverdb.coordinator.disk.WholeLines;
import io.quiverdb.coordinator.migration.port.Spills;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Spill files in the data directory, one for each migration and each sweep, one JSON object a line
 * (docs/migration.md). They are kept until an operator removes them; their total size is bounded.
 * Thread-safe.
 */
final class SpillFiles implements Spills {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final long MAX_BYTES = 1L << 30;
  private static final int BLOCK = 8 << 10;
  private static final byte[] TAIL = "}\n".getBytes(StandardCharsets.UTF_8);

  private final Path folder;
  private final String node;
  private final long mostBytes;
  private final Sync sync;

  /** Forces the written bytes to disk. */
  interface Sync {
    /** Returns when the point survives a power loss. */
    void force(FileChannel channel) throws IOException;
  }

  SpillFiles(Path folder, String node) {
    this(folder, node, MAX_BYTES, channel -> channel.force(true));
  }

  SpillFiles(Path folder, String node, long mostBytes, Sync sync) {
    this.folder = folder;
    this.node = node;
    this.mostBytes = mostBytes;
    this.sync = sync;
  }

  @Override
  public synchronized void keep(String work, List<Spilled> rows) throws IOException {
    PrivateFiles.createDirectories(folder);
    List<byte[]> heads = new ArrayList<>();
    long bytes = 0;
    for (Spilled spilled : rows) {
      byte[] head = head(spilled);
      heads.add(head);
      bytes += (long) head.length + spilled.row().size() + TAIL.length;
    }
    if (used() + bytes > mostBytes) {
      throw new IOException(
          "the spill files in "
              + folder
              + " would have more than "
              + mostBytes
              + " bytes; look at them, and move away what you do not need");
    }
    Path file = folder.resolve(work + "-" + node + ".jsonl");
    try (FileChannel out =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // Drop a line that a crash cut off: its points were not deleted, and are written again.
      out.truncate(WholeLines.length(out)).position(out.size());
      // Row by row: all lines of a page together would need as much memory as the page.
      OutputStream lines = new BufferedOutputStream(Channels.newOutputStream(out), BLOCK);
      for (int i = 0; i < rows.size(); i++) {
        lines.write(heads.get(i));
        rows.get(i).row().writeTo(lines);
        lines.write(TAIL);
      }
      lines.flush();
      sync.force(out);
    }
    // Force the directory too: without its name the file would be lost.
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      sync.force(directory);
    }
  }

  private long used() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /** The beginning of a line, before its point. */
  private static byte[] head(Spilled spilled) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('{');
    member(out, "collection", MAPPER.writeValueAsString(spilled.collection()));
    out.write(',');
    member(out, "donor", MAPPER.writeValueAsString(spilled.donorUrl()));
    out.write(',');
    member(out, "absent_on_owner", Boolean.toString(spilled.absentOnOwner()));
    out.writeBytes(",\"point\":".getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static void member(ByteArrayOutputStream out, String name, String json) {
    out.writeBytes(("\"" + name + "\":" + json).getBytes(StandardCharsets.UTF_8));
  }
}
