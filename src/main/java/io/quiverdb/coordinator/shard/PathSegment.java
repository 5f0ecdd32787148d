// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.nio.charset.StandardCharsets;

/** Any text as one segment of a URL's path (RFC 3986). */
final class PathSegment {
  private static final String UNRESERVED = "-._~";
  private static final String HEX = "0123456789ABCDEF";

  private PathSegment() {}

  /**
   * Percent-encodes reserved characters, and the dots of a segment that would mean a parent folder.
   */
  static String of(String text) {
    boolean climbs = text.equals(".") || text.equals("..");
    StringBuilder segment = new StringBuilder(text.length());
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain(octet) && !climbs) {
        segment.append((char) octet);
      } else {
        segment.append('%').append(HEX.charAt(octet >> 4 & 0xf)).append(HEX.charAt(octet & 0xf));
      }
    }
    return segment.toString();
  }

  private static boolean isPlain(byte octet) {
    return (octet >= 'a' && octet <= 'z')
        || (octet >= 'A' && octet <= 'Z')
        || (octet >= '0' && octet <= '9')
        || UNRESERVED.indexOf(octet) >= 0;
  }
}
