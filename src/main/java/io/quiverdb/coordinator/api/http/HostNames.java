// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of this member in the address bar of a browser. The name of a page's own site may
 * resolve to this member's address, and then the browser takes both for the same origin. Without
 * keys nothing else tells such a page from the console.
 */
public final class HostNames {
  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|\\d{1,3}(\\.\\d{1,3}){3}");

  private final Supplier<? extends Collection<String>> members;
  private final List<String> own;

  /**
   * Knows addresses, {@code localhost}, this machine's name, and these.
   *
   * @param listening where this member listens
   * @param members the hosts of all members
   */
  public HostNames(String listening, Supplier<? extends Collection<String>> members) {
    this.members = members;
    this.own = List.of("localhost", plain(listening));
  }

  /** Asked last: it may wait for the DNS, which nothing but a browser's change should. */
  private static String machine() {
    try {
      return plain(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      // A machine whose own name has no address; no browser finds it by that name.
      return "localhost";
    }
  }

  /**
   * Lets a change pass that no browser sent, or that was sent to one of the names.
   *
   * @throws ApiException if a browser sent it to another name
   */
  public void refuse(Context change) {
    boolean byBrowser = change.header("Origin") != null || change.header("Sec-Fetch-Site") != null;
    if (byBrowser && !knows(change.header("Host"))) {
      throw new ApiException(
          Fault.FORBIDDEN,
          "a browser sent this to a name that is not in the configuration, and this member has no"
              + " keys: the page may be of another site whose name leads here. Open the console at"
              + " an IP address, at localhost or at a member's http URL, or give the members keys");
    }
  }

  /** Whether a Host header names this member; its port does not matter. */
  public boolean knows(@Nullable String header) {
    Optional<String> host = Optional.ofNullable(header).flatMap(HostNames::host);
    return host.isPresent()
        && (ADDRESS.matcher(host.get()).matches()
            || own.contains(host.get())
            || members.get().stream().map(HostNames::plain).anyMatch(host.get()::equals)
            || host.get().equals(machine()));
  }

  private static Optional<String> host(String header) {
    try {
      return Optional.ofNullable(URI.create("http://" + header.strip()).getHost())
          .map(HostNames::plain);
    } catch (IllegalArgumentException e) {
      // What is no host is no name of a member.
      return Optional.empty();
    }
  }

  private static String plain(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
