// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

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

  @Override
  public String toString() {
    return text;
  }
}
