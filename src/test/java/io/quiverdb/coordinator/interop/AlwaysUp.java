// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.interop;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Shards that say that they are healthy, and nothing else; every third one says that it is not. */
final class AlwaysUp implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  AlwaysUp() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.createContext(
        "/",
        exchange -> {
          int number = Integer.parseInt(exchange.getRequestURI().getPath().split("/")[1]);
          exchange.sendResponseHeaders(number % 3 == 2 ? 500 : 200, -1);
          exchange.close();
        });
    server.setExecutor(threads);
    server.start();
  }

  List<String> urls(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "http://127.0.0.1:" + server.getAddress().getPort() + "/" + i)
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
