// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.util.Optional;

/**
 * The position of a client in the log: after an entry, or after the first events of an entry with
 * several. Its text is the log index. An event that is not the last one of its entry has a leading
 * zero for each event of the entry so far, so that a client that was cut off between them continues
 * after the one that it got: {@code 0812}, {@code 00812}, {@code 812}. All of them are the same
 * number.
 *
 * @param index log index
 * @param seen how many events of that entry the client has; 0: all
 */
public record EventId(long index, int seen) {
  /** The longest accepted text. */
  private static final int MAX_TEXT = 8_000;

  /** The position after the whole entry. */
  public static EventId behind(long index) {
    return new EventId(index, 0);
  }

  /** Reads the text of an id; empty if it is not valid. */
  public static Optional<EventId> parse(String text) {
    if (text.length() > MAX_TEXT || !text.matches("[0-9]+")) {
      return Optional.empty();
    }
    String digits = text.replaceFirst("^0+(?=[0-9])", "");
    try {
      return Optional.of(new EventId(Long.parseLong(digits), text.length() - digits.length()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The text in {@code id:}, which returns in {@code Last-Event-ID}. */
  public String text() {
    return "0".repeat(seen) + index;
  }

  /** The first entry whose events are not all sent; the highest index has none behind it. */
  long next() {
    return seen == 0 && index < Long.MAX_VALUE ? index + 1 : index;
  }
}
