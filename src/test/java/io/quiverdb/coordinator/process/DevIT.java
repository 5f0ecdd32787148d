// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cluster to play with. */
@Tag("realtime")
class DevIT {
  @TempDir Path folder;

  private final Rest rest = new Rest();
  private Process dev;

  @BeforeEach
  void start() throws IOException {
    dev =
        new ProcessBuilder(
                BuiltJar.command(
                    BuiltJar.UNOPTIMIZED,
                    "dev",
                    "--base-port",
                    "0",
                    "--shards",
                    "1",
                    "--dir",
                    folder.resolve("cluster").toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("dev.out").toFile())
            .start();
  }

  @AfterEach
  void end() {
    dev.descendants().forEach(ProcessHandle::destroyForcibly);
    dev.destroyForcibly().onExit().join();
  }

  @Test
  void goesOnWithoutAMemberAndEndsWithTheLast() throws Exception {
    URI second = URI.create(awaitOutput("coordinator c2 +(http\\S+)").group(1));
    awaitMap(second);
    kill("c1");
    awaitOutput("coordinator c1 has ended; .*c1.*; left: 2 of 3");
    awaitMap(second);
    assertTrue(dev.isAlive());
    kill("c2");
    kill("c3");
    awaitOutput("no coordinator is left; ending the cluster");
    assertTrue(dev.waitFor(20, TimeUnit.SECONDS));
    assertEquals(1, dev.exitValue());
  }

  private void awaitMap(URI member) {
    await("a map").atMost(Ensemble.PATIENCE).until(() -> rest.get(member, "/cluster/map").ok());
  }

  private void kill(String member) {
    ProcessHandle process =
        dev.descendants()
            .filter(
                handle ->
                    Arrays.stream(handle.info().arguments().orElse(new String[0]))
                        .anyMatch(argument -> argument.endsWith(member + ".yaml")))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no process of " + member));
    process.destroyForcibly();
  }

  private Matcher awaitOutput(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return await(pattern)
        .atMost(Ensemble.PATIENCE)
        .until(() -> wanted.matcher(Files.readString(folder.resolve("dev.out"))), Matcher::find);
  }
}
