// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures beside their anchors, one a line, in the order they were measured. */
final class FigureTable {
  private final List<String> rows = new ArrayList<>();

  /** Headed by a line of its own. */
  void title(String text) {
    rows.add("");
    rows.add(text);
  }

  void row(String what, double figure, String unit, String anchor) {
    rows.add(String.format(Locale.ROOT, "%-54s %10.2f %-5s %s", what, figure, unit, anchor));
  }

  void print() {
    System.out.println();
    rows.forEach(System.out::println);
    System.out.println();
  }
}
