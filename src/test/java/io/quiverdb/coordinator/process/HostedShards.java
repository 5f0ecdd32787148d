// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RouterServer;
import io.quiverdb.coordinator.dev.quiver.RouterSettings;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A process with two shards in memory and a router, which a whole network can reach. */
final class HostedShards {
  static final int ROUTER = 6330;
  static final int DONOR = 6333;
  static final int JOINING = 6343;

  private static final ExecutorService PUMPS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "pump");
            thread.setDaemon(true);
            return thread;
          });

  private HostedShards() {}

  /** Arguments: the address of this host, and the coordinator that the router polls. */
  public static void main(String[] args) throws Exception {
    for (int port : List.of(DONOR, JOINING)) {
      ShardServer.start(port, ShardCore.of(QuiverVersion.V1_1_0), List.of());
      open(args[0], port);
    }
    RouterServer.start(
        ROUTER, RouterSettings.of(List.of("http://" + args[0] + ":" + DONOR), args[1]));
    open(args[0], ROUTER);
    System.out.println("READY");
    int unused = System.in.read();
  }

  /** They listen on the loopback address only. */
  private static void open(String address, int port) throws IOException {
    ServerSocket door = new ServerSocket();
    door.bind(new InetSocketAddress(address, port));
    PUMPS.execute(
        () -> {
          try {
            while (true) {
              Socket caller = door.accept();
              Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
              PUMPS.execute(() -> pump(caller, server));
              PUMPS.execute(() -> pump(server, caller));
            }
          } catch (IOException e) {
            throw new IllegalStateException("the door of " + port + " is shut", e);
          }
        });
  }

  /** Passes on what comes, and then the end. */
  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One of both has gone without a word: so goes the other.
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("a connection cannot be closed", e);
    }
  }
}
