// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The effect of an attacker without a key on a router and an operator. */
@Tag("realtime")
class HostileClientTest {
  /** More than a member takes, also if it closes those that it has refused. */
  private static final int HELD = 5_400;

  private static final int REQUESTS = 600;

  /** A silent connection is closed by then, but others must not depend on that. */
  private static final Duration LONGER_THAN_SILENCE = Duration.ofSeconds(21);

  private static final Duration BOUND = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final FakeLeader node =
      new FakeLeader(Keys.of(List.of(new Keys.Configured("ops", "secret", Role.ADMIN))));

  @AfterEach
  void stop() {
    node.close();
  }

  /** A connection, and what was said over it. */
  private final class Line implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
    private final BufferedReader answers =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));

    Line() throws IOException {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
    }

    String ask(String line) throws IOException {
      socket
          .getOutputStream()
          .write(
              (line + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String status = answers.readLine();
      int length = 0;
      for (String header = answers.readLine(); !header.isEmpty(); header = answers.readLine()) {
        if (header.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
          length = Integer.parseInt(header.substring(16).strip());
        }
      }
      for (int i = 0; i < length; i++) {
        int unused = answers.read();
      }
      return status;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Polls on a connection that is kept, and changes on one that is new each time. */
  private List<Duration> asked(Duration atLeast) throws IOException {
    List<Duration> took = new ArrayList<>();
    long end = System.nanoTime() + atLeast.toNanos();
    try (Line kept = new Line()) {
      for (int i = 0; i < REQUESTS || System.nanoTime() < end; i++) {
        long begun = System.nanoTime();
        if (i % 4 == 0) {
          try (Line fresh = new Line()) {
            assertEquals("HTTP/1.1 200 OK", fresh.ask("POST /cluster/ids"));
          }
        } else {
          assertEquals("HTTP/1.1 200 OK", kept.ask("GET /cluster/map"));
        }
        took.add(Duration.ofNanos(System.nanoTime() - begun));
      }
    }
    Collections.sort(took);
    return took;
  }

  private static Duration p99(List<Duration> sorted) {
    return sorted.get(sorted.size() * 99 / 100);
  }

  @Test
  void othersAreServedAsBefore() throws Exception {
    Assumptions.assumeTrue(
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            && system.getMaxFileDescriptorCount() > 3 * HELD,
        "this process may not open that many connections");
    asked(Duration.ZERO);
    Duration alone = p99(asked(Duration.ZERO));
    try (HostileClient hostile = new HostileClient(node.port(), HELD)) {
      await("all connections of the other")
          .atMost(Duration.ofSeconds(30))
          .until(() -> hostile.opened() >= HELD);
      int before = hostile.sent();
      List<Duration> took = asked(LONGER_THAN_SILENCE);
      assertTrue(hostile.sent() > before, "the other has gone on meanwhile");
      Duration beside = p99(took);
      Duration longest = took.get(took.size() - 1);
      System.out.printf(
          "p99 alone %d us, beside %d connections and %d requests without a key %d us, at most %d us%n",
          alone.toNanos() / 1_000,
          hostile.opened(),
          hostile.sent(),
          beside.toNanos() / 1_000,
          longest.toNanos() / 1_000);
      assertTrue(beside.compareTo(BOUND) < 0, () -> "p99 " + beside + ", alone " + alone);
      // While a member takes no connection, few requests are made: a share of them hides that.
      assertTrue(longest.compareTo(LONGEST) < 0, () -> "a request took " + longest);
    }
  }
}
