// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Reserves ports of 127.0.0.1 for processes that are about to start. Two JVMs on one machine never
 * reserve the same port, even if nothing listens on it yet. Thread-safe.
 */
public final class FreePorts {
  // Below the range from which the kernel takes the ports of outgoing connections.
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;
  private static final int BLOCK_SIZE = 100;
  private static final int BLOCKS = (HIGHEST - LOWEST) / BLOCK_SIZE;

  private static final FreePorts OF_THIS_JVM =
      new FreePorts(ThreadLocalRandom.current().nextInt(BLOCKS));

  /**
   * One listener for each block of ports of this JVM: no other JVM can take the block while it
   * listens. The kernel closes it with the process.
   */
  private final List<ServerSocket> guards = new ArrayList<>();

  private final int firstBlock;
  private int next;
  private int end;

  /**
   * The ports of one JVM.
   *
   * @param firstBlock the number of the block that is tried first
   */
  FreePorts(int firstBlock) {
    this.firstBlock = firstBlock;
  }

  /** Ports on which nothing listens now, and which were not reserved before. */
  public static List<Integer> take(int count) {
    return OF_THIS_JVM.some(count);
  }

  synchronized List<Integer> some(int count) {
    List<Integer> ports = new ArrayList<>(count);
    while (ports.size() < count) {
      if (next == end) {
        reserveBlock();
      }
      int port = next++;
      if (free(port)) {
        ports.add(port);
      }
    }
    return ports;
  }

  private void reserveBlock() {
    for (int i = 0; i < BLOCKS; i++) {
      int guard = LOWEST + (firstBlock + i) % BLOCKS * BLOCK_SIZE;
      try {
        guards.add(new ServerSocket(guard, 1, InetAddress.getLoopbackAddress()));
        next = guard + 1;
        end = guard + BLOCK_SIZE;
        return;
      } catch (IOException e) {
        // Another JVM has this block, or some program listens on its first port: try the next one.
      }
    }
    throw new IllegalStateException(
        "every "
            + BLOCK_SIZE
            + "th port of 127.0.0.1 from "
            + LOWEST
            + " to "
            + HIGHEST
            + " is taken: end the processes that listen there");
  }

  /** The ports from {@code first} on, if nothing listens on any of them. */
  static List<Integer> inARow(int first, int count) throws IOException {
    for (int port = first; port < first + count; port++) {
      if (!free(port)) {
        throw new IOException("port " + port + " of 127.0.0.1 is taken by another process");
      }
    }
    return IntStream.range(first, first + count).boxed().toList();
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
