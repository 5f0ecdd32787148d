// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargestStateTest {
  @TempDir Path folder;

  /** With the heap that members are shipped with. */
  @Test
  void theLargestStateIsWrittenAndReadBackWithinTheShippedHeap() throws Exception {
    String heap =
        Files.readAllLines(Path.of("cluster-configs/jvm.args")).stream()
            .filter(line -> line.startsWith("-Xmx"))
            .findFirst()
            .orElseThrow();
    Path first = folder.resolve("first.jsonl");
    Path second = folder.resolve("second.jsonl");
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    heap,
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    LargestState.class.getName(),
                    first.toString(),
                    second.toString()))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it did not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(said));
    assertEquals(-1, Files.mismatch(first, second));
    assertTrue(Files.size(first) > 20 << 20, Files.readString(said));
  }
}
