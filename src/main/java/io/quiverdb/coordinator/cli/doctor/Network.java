// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The network as this machine sees it; tests replace it. */
interface Network {
  /** Why the address accepts no connection; empty if it does. */
  String refusal(String host, int port) throws InterruptedException;

  /** The addresses of a name; none if it is not known. */
  List<String> addresses(String host) throws InterruptedException;

  /** The network of this machine; each call takes at most 3 s. */
  static Network ofThisMachine() {
    return new Network() {
      private static final int PATIENCE_MILLIS = 3_000;

      @Override
      public String refusal(String host, int port) {
        try (Socket socket = new Socket()) {
          socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
          return "";
        } catch (UnknownHostException e) {
          return "its host is not known here";
        } catch (IOException e) {
          return String.valueOf(e.getMessage());
        }
      }

      @Override
      public List<String> addresses(String host) throws InterruptedException {
        CompletableFuture<List<String>> asked = CompletableFuture.supplyAsync(() -> lookUp(host));
        try {
          return asked.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
          return List.of();
        }
      }

      private static List<String> lookUp(String host) {
        try {
          return Stream.of(InetAddress.getAllByName(host))
              .map(InetAddress::getHostAddress)
              .sorted()
              .toList();
        } catch (UnknownHostException e) {
          return List.of();
        }
      }
    };
  }
}
