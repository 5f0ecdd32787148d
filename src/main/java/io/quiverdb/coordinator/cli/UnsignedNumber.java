// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * An id or a version: an unsigned 64-bit number.
 *
 * @param text its digits
 */
record UnsignedNumber(String text) {
  static UnsignedNumber parse(String raw) {
    String bare = raw.strip().replaceAll("^\"(.*)\"$", "$1");
    try {
      if (bare.matches("[0-9]{1,20}")) {
        return new UnsignedNumber(Long.toUnsignedString(Long.parseUnsignedLong(bare)));
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + raw + "' is above 18446744073709551615");
    }
    throw new TypeConversionException("'" + raw + "' is no number from 0 up");
  }

  /** Writes an option into the body of a request, if it was given. */
  static void put(ObjectNode body, String field, @Nullable UnsignedNumber given) {
    if (given != null) {
      body.set(field, body.numberNode(new BigInteger(given.text())));
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
