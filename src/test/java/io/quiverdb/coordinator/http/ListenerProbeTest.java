// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.http.ListenerProbe.Found;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Only a refused connection proves that nothing listens. */
class ListenerProbeTest {
  private static final Duration LIMIT = Duration.ofMillis(300);

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final InetAddress second = address(2);
  private final NameLookups names =
      new NameLookups(
          name ->
              switch (name) {
                case "127.0.0.1" -> new InetAddress[] {loopback};
                case "both" -> new InetAddress[] {second, loopback};
                default -> throw new UnknownHostException(name);
              });
  private final ListenerProbe probe = new ListenerProbe(names, LIMIT);
  private final List<AutoCloseable> opened = new ArrayList<>();

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    names.close();
  }

  private int listening() throws Exception {
    ServerSocket server = new ServerSocket(0, 50, loopback);
    opened.add(server);
    return server.getLocalPort();
  }

  private Found look(String host, int port) throws InterruptedException {
    return probe.look("http://" + host + ":" + port + "/base/");
  }

  @Test
  void aPortThatNobodyHasRefuses() throws Exception {
    int free = FreePorts.take(1).get(0);
    assertEquals(Found.REFUSES, look("127.0.0.1", free));
    assertEquals(Found.REFUSES, look("both", free));
    assertEquals(Found.REFUSES, probe.look("https://127.0.0.1:" + free));
  }

  @Test
  void oneAddressThatAcceptsIsEnough() throws Exception {
    int port = listening();
    assertEquals(Found.ACCEPTS, look("127.0.0.1", port));
    assertEquals(Found.ACCEPTS, look("both", port), "of two addresses the second one");
  }

  @Test
  void aNameThatNobodyKnowsHasNoAddress() throws Exception {
    assertEquals(Found.NO_ADDRESS, look("gone", 6333));
  }

  /** Linux lets connections wait unanswered when the queue of a listener is full. */
  @Test
  void silenceIsNoRefusal() throws Exception {
    ServerSocket full = new ServerSocket(0, 1, loopback);
    opened.add(full);
    Found found = Found.ACCEPTS;
    for (int i = 0; i < 8 && found == Found.ACCEPTS; i++) {
      found = look("127.0.0.1", full.getLocalPort());
      if (found == Found.ACCEPTS) {
        opened.add(new Socket(loopback, full.getLocalPort()));
      }
    }
    assertEquals(Found.SILENT, found);
  }

  @Test
  void anInterruptEndsIt() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          Thread.currentThread().interrupt();
          org.junit.jupiter.api.Assertions.assertThrows(
              InterruptedException.class, () -> look("127.0.0.1", 9));
        });
  }
}
