// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.model.Ipv6;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a TCP port.
 *
 * @param host a name or an address, lower case; an IPv6 address in its shortest form, without its
 *     brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:\\[([0-9a-f:.]+)]|([a-z0-9._-]+)):([1-9][0-9]{0,4})", Pattern.CASE_INSENSITIVE);

  /** Reads {@code host:port} or {@code [ipv6]:port}; empty if {@code text} is neither. */
  public static Optional<HostPort> parse(String text) {
    Matcher matcher = SHAPE.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(matcher.group(3));
    Optional<String> host =
        matcher.group(1) != null
            ? Ipv6.canonical(matcher.group(1))
            : Optional.of(matcher.group(2).toLowerCase(Locale.ROOT));
    return host.filter(known -> port <= 65535).map(known -> new HostPort(known, port));
  }

  /** Equal for addresses of the same endpoint, as far as that is known without a look-up. */
  String identity() {
    return (host.endsWith(".") ? host.substring(0, host.length() - 1) : host) + ":" + port;
  }

  /** Whether it means all addresses of the machine, to which no client can connect. */
  public boolean isWildcard() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  /**
   * Whether clients of this JVM can connect to it: they accept only the host names of RFC 952. That
   * excludes an underscore, and a last label that begins with a digit, though DNS may resolve them.
   */
  public boolean isCallable() {
    return URI.create("http://" + this).getHost() != null;
  }

  /** Whether it is reachable from this machine only. */
  public boolean isLoopback() {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
