// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.audit;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quiverdb.coordinator.audit.AuditRecord.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records reach the file complete and in order, and a failing file disturbs nothing else. */
class AuditFileTest {
  @TempDir Path folder;

  private static AuditRecord numbered(int number) {
    return new AuditRecord(number, "ops", "add_shard", "/cluster/shards", Outcome.OK);
  }

  private static void awaitLines(Path file, int count) {
    await().until(() -> Files.exists(file) && Files.readAllLines(file).size() == count);
  }

  @Test
  void aRecordIsALineInTheFormatOfQuiver() {
    AuditRecord denied =
        new AuditRecord(1718370000456L, "key:9f86d081884c7d65", "grow", "/a\"\n", Outcome.DENIED);
    assertEquals(
        "{\"ts_ms\":1718370000456,\"actor\":\"key:9f86d081884c7d65\",\"action\":\"grow\","
            + "\"resource\":\"/a\\\"\\n\",\"outcome\":\"denied\"}\n",
        new String(denied.line(), java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void whatIsThereStaysAndACutLineIsEnded() throws IOException {
    Path file = folder.resolve("audit.log");
    Files.writeString(file, "{\"first\":1}\n{\"cut\":");
    try (AuditFile audit = new AuditFile(file)) {
      audit.append(numbered(1));
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(List.of("{\"first\":1}", "{\"cut\":"), lines.subList(0, 2));
    assertTrue(lines.get(2).startsWith("{\"ts_ms\":1,"), lines.get(2));
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    Path file = folder.resolve("audit.log");
    new AuditFile(file).close();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aRenamedFileIsLeftAfterItWasOpenedAnewAndNoRecordIsLost() throws IOException {
    Path file = folder.resolve("audit.log");
    Path kept = folder.resolve("audit.log.1");
    try (AuditFile audit = new AuditFile(file)) {
      audit.append(numbered(1));
      awaitLines(file, 1);
      Files.move(file, kept);
      audit.append(numbered(2));
      awaitLines(kept, 2);
      audit.reopen();
      await().until(() -> Files.exists(file));
      audit.append(numbered(3));
      awaitLines(file, 1);
      audit.force();
    }
    assertEquals(2, Files.readAllLines(kept).size());
  }

  /** Every write to the device of that name fails, as on a full disk. */
  @Test
  void aFullDiskHoldsNobodyUpIsToldAndCostsNothingOnceThereIsRoom() throws IOException {
    Path device = Path.of("/dev/full");
    assumeTrue(Files.exists(device));
    Path file = folder.resolve("audit.log");
    Files.createSymbolicLink(file, device);
    try (AuditFile audit = new AuditFile(file)) {
      for (int i = 0; i < 5_000; i++) {
        audit.append(numbered(i));
      }
      await().until(() -> audit.failure().isPresent());
      assertTrue(audit.failure().orElseThrow().contains("No space left"), audit.failure() + "");
      Files.delete(file);
      audit.reopen();
      await().atMost(Duration.ofSeconds(10)).until(() -> audit.failure().isEmpty());
      await().until(() -> Files.readAllLines(file).size() >= 4_096);
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < 4_096; i++) {
        assertTrue(lines.get(i).startsWith("{\"ts_ms\":" + i + ","), lines.get(i));
      }
    }
  }

  @Test
  void aFileInADirectoryThatIsMissingIsRefused() {
    assertThrows(IOException.class, () -> new AuditFile(folder.resolve("no/audit.log")));
  }
}
