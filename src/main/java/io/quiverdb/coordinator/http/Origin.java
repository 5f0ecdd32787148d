// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a server.
 *
 * @param tls whether to connect over TLS
 * @param host a name or an address, without brackets
 * @param authority host and port as in the base URL
 * @param path the prefix of every path, without a trailing slash
 */
record Origin(boolean tls, String host, int port, String authority, String path) {
  // Not java.net.URI: it finds no host in "http://shard_1:6333", a name that Docker hands out.
  private static final Pattern BASE =
      Pattern.compile(
          "(https?)://((\\[[0-9a-f:.]+]|[^\\[\\]/:@?#]+)(?::([0-9]{1,5}))?)((?:/[^?#]*)?)",
          Pattern.CASE_INSENSITIVE);

  /**
   * The origin of a base URL, which may end in slashes.
   *
   * @throws NeverSentException if it is not valid
   */
  static Origin of(String baseUrl) throws NeverSentException {
    Matcher parts = BASE.matcher(baseUrl);
    if (!parts.matches()) {
      throw new NeverSentException(baseUrl + " cannot be called: it is no base URL of HTTP");
    }
    boolean tls = parts.group(1).toLowerCase(Locale.ROOT).equals("https");
    String host = parts.group(3);
    String port = parts.group(4);
    return new Origin(
        tls,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port != null ? Integer.parseInt(port) : tls ? 443 : 80,
        parts.group(2),
        parts.group(5).replaceAll("/+$", ""));
  }
}
