// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses changes that a browser sends for a page of another origin. Without keys, everybody who
 * reaches the port may change the cluster: so could any page that an operator looks at. Programs
 * send neither of the two headers.
 */
public final class CrossSite {
  private static final Set<String> OWN = Set.of("same-origin", "none");

  private CrossSite() {}

  /**
   * Lets a change of this origin pass, and one of a program.
   *
   * @throws ApiException if a page of another origin sent it
   */
  public static void refuse(Context change) {
    if (isForeign(
        change.header("Sec-Fetch-Site"), change.header("Origin"), change.header("Host"))) {
      throw new ApiException(
          Fault.FORBIDDEN,
          "a browser sent this for a page of another origin, and such a page may change nothing:"
              + " use this member's own /console, or a program that sends neither Origin nor"
              + " Sec-Fetch-Site, such as curl or quiver-coordinator");
    }
  }

  /** What a browser says of the page is stronger than a comparison of names. */
  static boolean isForeign(@Nullable String site, @Nullable String origin, @Nullable String host) {
    if (site != null) {
      return !OWN.contains(site.strip());
    }
    return origin != null && (host == null || !isOf(origin.strip(), host.strip()));
  }

  /** Both may leave out the default port of the origin's scheme. */
  private static boolean isOf(String origin, String host) {
    int end = origin.indexOf("://");
    if (end < 0) {
      return false;
    }
    String scheme = origin.substring(0, end).toLowerCase(Locale.ROOT);
    String page = authority(scheme, origin.substring(end + 3)).orElse("");
    return !page.isEmpty() && page.equals(authority(scheme, host).orElse(""));
  }

  private static Optional<String> authority(String scheme, String text) {
    try {
      URI uri = URI.create(scheme + "://" + text);
      int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
      return Optional.ofNullable(uri.getHost())
          .map(host -> host.toLowerCase(Locale.ROOT) + ":" + port);
    } catch (IllegalArgumentException e) {
      // No host that could be the same as another.
      return Optional.empty();
    }
  }
}
