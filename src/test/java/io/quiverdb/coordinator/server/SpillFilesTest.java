// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.RowReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a drop may have to bring back is on the disk before it deletes. */
class SpillFilesTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long ROOM = 1 << 20;

  @TempDir private Path data;
  private Path folder;

  @BeforeEach
  void name() {
    folder = data.resolve("spills");
  }

  private static Spilled spilled(String id, String payload, boolean absent) {
    String json = "{\"id\":\"" + id + "\",\"vector\":[0.10,2],\"payload\":" + payload + "}";
    try {
      Row row = RowReader.point(json.getBytes(StandardCharsets.UTF_8));
      return new Spilled("do\"cs", "http://s1:6333", row, absent);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private SpillFiles files(long mostBytes) {
    return new SpillFiles(folder, "c1", mostBytes, channel -> channel.force(true));
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name));
  }

  @Test
  void eachPointIsOneLineOfJsonWithItsOwnDigits() throws Exception {
    files(ROOM)
        .keep(
            "migration-3",
            List.of(
                spilled("a", "{\"n\":12345678901234567890,\"t\":\"two\\nlines\"}", true),
                spilled("\u00e4", "null", false)));
    List<String> lines = lines("migration-3-c1.jsonl");
    assertEquals(2, lines.size());
    JsonNode first = MAPPER.readTree(lines.get(0));
    assertEquals("do\"cs", first.path("collection").asText());
    assertEquals("http://s1:6333", first.path("donor").asText());
    assertTrue(first.path("absent_on_owner").asBoolean());
    assertTrue(lines.get(0).contains("\"vector\":[0.10,2]"), lines.get(0));
    assertTrue(lines.get(0).contains("12345678901234567890"), lines.get(0));
    JsonNode second = MAPPER.readTree(lines.get(1));
    assertEquals("\u00e4", second.path("point").path("id").asText());
    assertEquals(false, second.path("absent_on_owner").asBoolean(true));
  }

  @Test
  void aPointIsOnTheDiskAndSoIsTheNameOfItsFileBeforeItCountsAsKept() throws Exception {
    List<Long> forced = new ArrayList<>();
    List<String> withThen = new ArrayList<>();
    SpillFiles files =
        new SpillFiles(
            folder,
            "c1",
            ROOM,
            channel -> {
              forced.add(isFolder(channel) ? -1 : channel.size());
              withThen.addAll(lines("migration-3-c1.jsonl"));
            });
    files.keep("migration-3", List.of(spilled("a", "1", true)));
    long length = Files.size(folder.resolve("migration-3-c1.jsonl"));
    assertEquals(List.of(length, -1L), forced, "the file, then its folder");
    assertTrue(withThen.get(0).contains("\"a\""), "written before it was forced");
  }

  private static boolean isFolder(FileChannel channel) {
    try {
      var unused = channel.read(ByteBuffer.allocate(1), 0);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void whatDoesNotReachTheDiskIsNotKept() {
    SpillFiles files =
        new SpillFiles(
            folder,
            "c1",
            ROOM,
            channel -> {
              throw new IOException("no space left on device");
            });
    assertThrows(
        IOException.class, () -> files.keep("migration-3", List.of(spilled("a", "1", true))));
  }

  @Test
  void allFilesTogetherHaveABound() throws Exception {
    SpillFiles files = files(250);
    files.keep("migration-3", List.of(spilled("a", "1", true)));
    long before = Files.size(folder.resolve("migration-3-c1.jsonl"));
    files.keep("migration-4", List.of(spilled("b", "1", true)));
    IOException full =
        assertThrows(
            IOException.class, () -> files.keep("migration-5", List.of(spilled("c", "1", true))));
    assertTrue(full.getMessage().contains(folder.toString()), full.getMessage());
    assertEquals(before, Files.size(folder.resolve("migration-3-c1.jsonl")));
    Files.delete(folder.resolve("migration-3-c1.jsonl"));
    files.keep("migration-5", List.of(spilled("c", "1", true)));
  }

  @Test
  void aMigrationThatGoesOnAfterARestartAddsToItsFile() throws Exception {
    files(ROOM).keep("migration-3", List.of(spilled("a", "1", true)));
    files(ROOM).keep("migration-3", List.of(spilled("b", "2", true)));
    files(ROOM).keep("migration-4", List.of(spilled("c", "3", true)));
    assertEquals(2, lines("migration-3-c1.jsonl").size());
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(
          List.of("migration-3-c1.jsonl", "migration-4-c1.jsonl"),
          all.map(path -> String.valueOf(path.getFileName())).sorted().toList());
    }
  }

  @Test
  void aLineThatACrashToreSpoilsNoneThatComesAfterIt() throws Exception {
    files(ROOM).keep("migration-3", List.of(spilled("a", "1", true)));
    Path file = folder.resolve("migration-3-c1.jsonl");
    String torn = "{\"collection\":\"" + "x".repeat(20_000);
    Files.writeString(file, torn, StandardOpenOption.APPEND);
    files(ROOM).keep("migration-3", List.of(spilled("b", "2", true)));
    List<String> ids = new ArrayList<>();
    for (String line : lines("migration-3-c1.jsonl")) {
      ids.add(MAPPER.readTree(line).path("point").path("id").asText());
    }
    assertEquals(List.of("a", "b"), ids);
  }
}
