// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

/**
 * The address of a Raft server.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port from 1 to 65535
 */
public record RaftAddress(String host, int port) {
  /** The parts of {@code host:port}, in which an IPv6 address has brackets. */
  public static RaftAddress of(String text) {
    int colon = text.lastIndexOf(':');
    return new RaftAddress(
        text.substring(0, colon).replaceAll("[\\[\\]]", ""),
        Integer.parseInt(text.substring(colon + 1)));
  }
}
