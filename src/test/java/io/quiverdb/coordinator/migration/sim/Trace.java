// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The last things that happened in a world, and a digest of all of them. */
final class Trace {
  private static final int KEPT = 3000;

  private record Line(long number, long nanos, String who, String what, Object[] parts) {
    @Override
    public String toString() {
      StringBuilder text =
          new StringBuilder(String.format(Locale.ROOT, "%10.4f %-14s %s", nanos / 1e9, who, what));
      for (Object part : parts) {
        text.append(' ').append(part);
      }
      return text.toString();
    }
  }

  /** What members do is rare, and goes back further. */
  private final Line[] members = new Line[KEPT / 4];

  private final Line[] others = new Line[KEPT];
  private int memberLines;
  private int otherLines;
  private long digest = 17;

  /**
   * Notes something.
   *
   * @param parts immutable, they are printed only if the world fails
   */
  void add(long nanos, String who, String what, Object... parts) {
    Line line = new Line(memberLines + otherLines, nanos, who, what, parts);
    if (who.startsWith("http") || who.startsWith("clients")) {
      others[otherLines++ % others.length] = line;
    } else {
      members[memberLines++ % members.length] = line;
    }
    digest = digest * 31 + nanos;
    digest = digest * 31 + who.hashCode();
    digest = digest * 31 + what.hashCode();
  }

  /** Equal for equal runs. */
  long digest() {
    return digest;
  }

  List<String> lines() {
    List<String> text = new ArrayList<>();
    Stream.concat(Stream.of(members), Stream.of(others))
        .filter(Objects::nonNull)
        .sorted(Comparator.comparingLong(Line::number))
        .forEach(line -> text.add(line.toString()));
    return text;
  }
}
