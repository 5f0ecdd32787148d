// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.RaftAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/** Tries whether a member's Raft address accepts connections. */
final class RaftDial {
  /** Enough for a SYN that was lost once. */
  private static final Duration LIMIT = Duration.ofMillis(1500);

  private RaftDial() {}

  /**
   * Opens a connection and closes it. Blocks for at most 1.5 s, plus the time to resolve the name.
   *
   * @param address {@code host:port}
   * @return why there was none; empty if there was one
   */
  static Optional<String> failure(String address) {
    RaftAddress raft = RaftAddress.of(address);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(raft.host(), raft.port()), (int) LIMIT.toMillis());
      return Optional.empty();
    } catch (SocketTimeoutException e) {
      return Optional.of("no answer within " + LIMIT.toMillis() + " ms");
    } catch (UnknownHostException e) {
      return Optional.of("the name " + raft.host() + " is not known");
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
