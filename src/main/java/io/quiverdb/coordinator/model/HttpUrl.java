// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The base URL of a shard or a router.
 *
 * <p>Two texts name one endpoint if they differ only in the case of scheme and host, in the default
 * port being written out, in a trailing dot of the host, in the spelling of an IPv6 address or in
 * trailing slashes (RFC 3986, section 6.2). Names are not looked up: an alias such as {@code
 * localhost} is not recognised.
 *
 * @param text what the operator wrote, trimmed; this is what goes into the map
 * @param identity the normalised form, for comparison only
 */
public record HttpUrl(String text, String identity) {
  /** The longest URL taken, in characters. */
  public static final int MAX_LENGTH = 2048;

  // Not java.net.URI: it finds no host in "http://shard_1:6333", a name that Docker hands out.
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(https?)://(\\[[0-9a-f:.]+]|[a-z0-9._~-]+)(?::([0-9]{1,5}))?", Pattern.CASE_INSENSITIVE);

  private static final String NOT_IN_PATHS = "?#\"<>\\^`{|}";

  /**
   * Reads an absolute {@code http} or {@code https} URL without user info, query or fragment.
   *
   * @return empty if {@code raw} is no such URL
   */
  public static Optional<HttpUrl> parse(String raw) {
    String text = raw.strip();
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Matcher matcher = ORIGIN.matcher(text);
    if (!matcher.lookingAt() || !isPath(text, matcher.end())) {
      return Optional.empty();
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    String host = host(matcher.group(2).toLowerCase(Locale.ROOT));
    String digits = matcher.group(3);
    int port = digits != null ? Integer.parseInt(digits) : scheme.equals("http") ? 80 : 443;
    if (host.isEmpty() || port < 1 || port > 65535) {
      return Optional.empty();
    }
    String path = withoutTrailing(text.substring(matcher.end()), '/');
    return Optional.of(new HttpUrl(text, scheme + "://" + host + ":" + port + path));
  }

  /** Whether {@code other} names the same endpoint; a text that is no URL names none. */
  public boolean names(String other) {
    // A map of long URLs is compared URL by URL: most differ in their paths, which are quick to
    // see.
    return withoutTrailing(other.strip(), '/').endsWith(path())
        && parse(other).map(parsed -> parsed.identity.equals(identity)).orElse(false);
  }

  private String path() {
    int slash = identity.indexOf('/', identity.indexOf("://") + "://".length());
    return slash < 0 ? "" : identity.substring(slash);
  }

  /** A loop, not a regular expression: each URL of a map may have 2,000 characters here. */
  private static boolean isPath(String text, int begin) {
    if (begin < text.length() && text.charAt(begin) != '/') {
      return false;
    }
    for (int i = begin; i < text.length(); i++) {
      char one = text.charAt(i);
      if (one <= ' ' || one > '~' || NOT_IN_PATHS.indexOf(one) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Equal for equal hosts, an IPv6 address in brackets; blank if it is none. */
  private static String host(String lower) {
    return lower.startsWith("[")
        ? Ipv6.canonical(lower.substring(1, lower.length() - 1))
            .map(address -> address.contains(":") ? "[" + address + "]" : address)
            .orElse("")
        : withoutTrailing(lower, '.');
  }

  private static String withoutTrailing(String text, char last) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == last) {
      end--;
    }
    return text.substring(0, end);
  }
}
