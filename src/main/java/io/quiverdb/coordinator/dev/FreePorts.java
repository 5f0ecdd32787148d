package io.quiverdb.coordinator.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Ports of 127.0.0.1 for processes that are about to start. */
public final class FreePorts {
  /** A system property: which share of the ports is this JVM's, beside others; from 1 to 4. */
  static final String SHARE = "quiver.coordinator.dev.port_share";

  // Below the range from which the kernel takes the ports of outgoing connections.
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;
  private static final int SHARE_SIZE = 4_000;
  private static final int TRIES = 1_000;

  /** Who took a port may not listen yet: a member takes seconds to start. */
  private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  /** Ports on which nobody listens now, and that were given to nobody else in this JVM. */
  public static List<Integer> take(int count) {
    Integer share = Integer.getInteger(SHARE);
    int lowest = share == null ? LOWEST : LOWEST + (share - 1) * SHARE_SIZE;
    int highest = share == null ? HIGHEST : lowest + SHARE_SIZE;
    List<Integer> ports = new ArrayList<>(count);
    for (int i = 0; i < TRIES && ports.size() < count; i++) {
      int port = ThreadLocalRandom.current().nextInt(lowest, highest);
      if (TAKEN.add(port) && free(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException("found no " + count + " free ports on 127.0.0.1");
    }
    return ports;
  }

  /** The ports from {@code first} on, if nobody listens on any of them. */
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
