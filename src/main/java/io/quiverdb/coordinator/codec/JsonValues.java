// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;

/** The JSON form of single values, in stored data and in answers. */
public final class JsonValues {
  private JsonValues() {}

  /** An unsigned 64-bit number. */
  public static JsonNode u64(long unsigned) {
    return unsigned >= 0
        ? LongNode.valueOf(unsigned)
        : BigIntegerNode.valueOf(new BigInteger(Long.toUnsignedString(unsigned)));
  }

  /** The same, or {@code null}. */
  public static JsonNode u64OrNull(OptionalLong unsigned) {
    return unsigned.isPresent() ? u64(unsigned.getAsLong()) : NullNode.instance;
  }

  /** A time as in {@link #time}, or {@code null}. */
  static JsonNode timeOrNull(OptionalLong epochMillis) {
    return epochMillis.isPresent()
        ? TextNode.valueOf(time(epochMillis.getAsLong()))
        : NullNode.instance;
  }

  /** A time, in milliseconds since 1970, as RFC 3339 in UTC. */
  public static String time(long epochMillis) {
    return DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochMilli(epochMillis));
  }
}
