package io.quiverdb.coordinator.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
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

  private final Path folder;
  private final String node;
  private final long mostBytes;

  SpillFiles(Path folder, String node) {
    this(folder, node, MOST_BYTES);
  }

  SpillFiles(Path folder, String node, long mostBytes) {
    this.folder = folder;
    this.node = node;
    this.mostBytes = mostBytes;
  }

  @Override
  public synchronized void keep(long migrationId, List<Spilled> rows) throws IOException {
    Files.createDirectories(folder);
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
    boolean fresh = !Files.exists(file);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer buffer = ByteBuffer.wrap(lines);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    }
    if (fresh) {
      // A file whose name is not on the disk is lost with everything in it.
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
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
