package io.quiverdb.coordinator.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quiverdb.coordinator.disk.PrivateFiles;
import io.quiverdb.coordinator.migration.Spills;
import io.quiverdb.coordinator.shard.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Spill files in the data directory, one for each move, one JSON object a line (docs/migration.md).
 * They are kept until an operator removes them; all together have a bound. Thread-safe.
 */
final class SpillFiles implements Spills {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final long MOST_BYTES = 1L << 30;
  private static final int BLOCK = 8 << 10;

  private final Path folder;
  private final String node;
  private final long mostBytes;
  private final Sync sync;

  /** Brings what was written to the disk. */
  interface Sync {
    /** Returns when a loss of power does not undo it. */
    void force(FileChannel channel) throws IOException;
  }

  SpillFiles(Path folder, String node) {
    this(folder, node, MOST_BYTES, channel -> channel.force(true));
  }

  SpillFiles(Path folder, String node, long mostBytes, Sync sync) {
    this.folder = folder;
    this.node = node;
    this.mostBytes = mostBytes;
    this.sync = sync;
  }

  @Override
  public synchronized void keep(long migrationId, List<Spilled> rows) throws IOException {
    PrivateFiles.createDirectories(folder);
    byte[] lines = lines(rows);
    if (used() + lines.length > mostBytes) {
      throw new IOException(
          "the spill files in "
              + folder
              + " would have more than "
              + mostBytes
              + " bytes; look at them, and move away what you do not need");
    }
    Path file =
        folder.resolve("move-" + Long.toUnsignedString(migrationId) + "-" + node + ".jsonl");
    try (FileChannel out =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // What a crash tore was not kept: its points were not deleted, and come once more.
      out.truncate(wholeLines(out)).position(out.size());
      ByteBuffer buffer = ByteBuffer.wrap(lines);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      sync.force(out);
    }
    // A file whose name is not on the disk is lost with everything in it.
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      sync.force(directory);
    }
  }

  private static long wholeLines(FileChannel file) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    long end = file.size();
    while (end > 0) {
      long start = Math.max(0, end - BLOCK);
      block.clear().limit((int) (end - start));
      while (block.hasRemaining() && file.read(block, start + block.position()) >= 0) {}
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return start + i + 1;
        }
      }
      end = start;
    }
    return 0;
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

  private static byte[] lines(List<Spilled> rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Spilled spilled : rows) {
      out.write('{');
      member(out, "collection", MAPPER.writeValueAsString(spilled.collection()));
      out.write(',');
      member(out, "donor", MAPPER.writeValueAsString(spilled.donorUrl()));
      out.write(',');
      member(out, "absent_on_owner", Boolean.toString(spilled.absentOnOwner()));
      out.writeBytes(",\"point\":".getBytes(StandardCharsets.UTF_8));
      Row row = spilled.row();
      row.writeTo(out);
      out.writeBytes("}\n".getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static void member(ByteArrayOutputStream out, String name, String json) {
    out.writeBytes(("\"" + name + "\":" + json).getBytes(StandardCharsets.UTF_8));
  }
}
