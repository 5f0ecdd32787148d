// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request is given up while packets are lost between two hosts; the network heals later. What an
 * ordinary client gave up arrives then, so that the network is known to be one in which it can;
 * what the client of migrations gave up never does, nor what it was killed with.
 */
@Tag("realtime")
class LostPacketsIT {
  private static final int CALLER = 1;
  private static final int RECEIVER = 2;
  private static final int PORT = 7_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Namespaces hosts = Namespaces.orAbort(2);
  private final List<Process> processes = new ArrayList<>();
  private final Set<String> received = new ConcurrentSkipListSet<>();

  @AfterEach
  void end() {
    processes.forEach(process -> process.destroyForcibly().onExit().join());
    hosts.close();
  }

  /** A kernel sends what an orphaned connection holds again after 12.6 s, then after 25.4 s. */
  @Test
  void aRequestThatWasGivenUpNeverArrives() throws Exception {
    loseFor(Duration.ofSeconds(8), Duration.ofSeconds(15), true);
  }

  @Tag("chaos")
  @ParameterizedTest
  @ValueSource(ints = {5, 27, 60})
  void howeverLongPacketsAreLost(int seconds) throws Exception {
    // Past 51 s it gives up by itself.
    loseFor(Duration.ofSeconds(seconds), Duration.ofSeconds(110), seconds < 50);
  }

  /**
   * Loses packets.
   *
   * @param watched how long after the sending it is looked for what arrives
   * @param ordinaryArrives whether an ordinary client's request is known to arrive by then
   */
  private void loseFor(Duration lost, Duration watched, boolean ordinaryArrives) throws Exception {
    Process receiver = start(RECEIVER, LostPacketsRoles.Receiver.class, hosts.address(RECEIVER));
    listen(receiver);
    await().atMost(PATIENCE).until(() -> received.contains("READY"));
    List<Process> callers = new ArrayList<>();
    for (String kind : List.of("ordinary", "direct", "killed")) {
      callers.add(
          start(
              CALLER,
              LostPacketsRoles.Caller.class,
              kind,
              "http://" + hosts.address(RECEIVER) + ":" + PORT));
    }
    says(callers, "READY");
    next(callers);
    // An answer still under way would be lost too, and its caller would wait for it.
    says(callers, "warm");
    hosts.cut(CALLER, RECEIVER, PORT);
    long sent = System.nanoTime();
    next(callers);
    await()
        .atMost(PATIENCE)
        .until(() -> passed(sent, Duration.ofSeconds(2)) && gaveUp(callers.get(1)));
    callers.get(2).destroyForcibly().onExit().join();
    await().atMost(PATIENCE.plus(lost)).until(() -> passed(sent, lost));
    hosts.uncut(CALLER, RECEIVER, PORT);
    await().atMost(PATIENCE.plus(watched)).until(() -> passed(sent, watched));
    Set<String> late = new ConcurrentSkipListSet<>(received);
    late.removeIf(path -> !path.startsWith("/late/"));
    assertEquals(ordinaryArrives ? Set.of("/late/ordinary") : Set.of(), late);
  }

  private static void says(List<Process> callers, String line) throws IOException {
    byte[] wanted = (line + "\n").getBytes(StandardCharsets.US_ASCII);
    for (Process caller : callers) {
      await().atMost(PATIENCE).until(() -> caller.getInputStream().available() >= wanted.length);
      assertArrayEquals(wanted, caller.getInputStream().readNBytes(wanted.length));
    }
  }

  private static void next(List<Process> callers) throws IOException {
    for (Process caller : callers) {
      caller.getOutputStream().write('\n');
      caller.getOutputStream().flush();
    }
  }

  private static boolean passed(long since, Duration time) {
    return System.nanoTime() - since > time.toNanos();
  }

  /** It says so by one line. */
  private static boolean gaveUp(Process caller) throws IOException {
    return caller.getInputStream().available() > 0;
  }

  private Process start(int host, Class<?> role, String... arguments) throws IOException {
    List<String> java =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                role.getName()));
    java.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(hosts.on(host, java))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    processes.add(process);
    return process;
  }

  private void listen(Process receiver) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines = receiver.inputReader()) {
                lines.lines().forEach(received::add);
              } catch (IOException e) {
                // It was ended.
              }
            });
    reader.setDaemon(true);
    reader.start();
  }
}
