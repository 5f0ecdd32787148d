// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

import java.net.URI;
import java.util.Optional;

/**
 * An address.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 */
record HostAndPort(String host, int port) {
  /** Reads {@code host:port} or a URL; empty if the text is neither. */
  static Optional<HostAndPort> of(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "raft://" + text);
      int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
      return Optional.ofNullable(uri.getHost())
          .map(host -> new HostAndPort(host.replaceAll("[\\[\\]]", ""), port));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
