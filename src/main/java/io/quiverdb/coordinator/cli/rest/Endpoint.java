// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/**
 * The address of a member.
 *
 * @param base its URL without a trailing slash
 */
public record Endpoint(String base) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /** Reads {@code http://host:port}; empty if the text is anything else, or contains a user. */
  public static Optional<Endpoint> parse(String text) {
    try {
      URI uri = new URI(text.strip());
      boolean fits =
          uri.getScheme() != null
              && SCHEMES.contains(uri.getScheme())
              && uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getQuery() == null
              && uri.getFragment() == null;
      return fits ? Optional.of(new Endpoint(withoutSlash(uri.toString()))) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  boolean isHttps() {
    return base.startsWith("https:");
  }

  URI at(String pathAndQuery) {
    return URI.create(base + pathAndQuery);
  }

  private static String withoutSlash(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
