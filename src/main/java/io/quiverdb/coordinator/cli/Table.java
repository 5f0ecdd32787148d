// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Aligned columns of at most {@value #WIDTH} characters per line. A cell that is too long is
 * wrapped, not cut: a URL must not lose its end.
 */
final class Table {
  static final int WIDTH = 100;

  private static final String GAP = "  ";
  private static final int NARROWEST = 4;

  private final List<List<Cell>> rows = new ArrayList<>();

  /** One cell. */
  record Cell(String text, CellStyle tone) {
    /** Removes control characters: the answer of a server must not control the terminal. */
    Cell {
      text = text.isEmpty() ? "-" : text.replaceAll("\\p{Cntrl}", "?");
    }
  }

  Table(String... headers) {
    rows.add(Arrays.stream(headers).map(h -> new Cell(h, CellStyle.HEADER)).toList());
  }

  Table row(String... texts) {
    return row(Arrays.stream(texts).map(t -> new Cell(t, CellStyle.PLAIN)).toList());
  }

  Table row(List<Cell> cells) {
    if (cells.size() != rows.get(0).size()) {
      throw new IllegalArgumentException("a row has as many cells as the header");
    }
    rows.add(List.copyOf(cells));
    return this;
  }

  /** The lines, without white space at their ends. */
  List<String> lines(boolean colours) {
    int[] widths = widths();
    boolean[] numeric = numericColumns();
    List<String> lines = new ArrayList<>();
    for (List<Cell> row : rows) {
      List<List<String>> wrapped =
          IntStream.range(0, widths.length)
              .mapToObj(c -> wrap(row.get(c).text(), widths[c]))
              .toList();
      int height = wrapped.stream().mapToInt(List::size).max().orElse(1);
      for (int i = 0; i < height; i++) {
        lines.add(line(row, wrapped, i, widths, numeric, colours));
      }
    }
    return lines;
  }

  private static String line(
      List<Cell> row,
      List<List<String>> wrapped,
      int i,
      int[] widths,
      boolean[] numeric,
      boolean colours) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String text = i < wrapped.get(c).size() ? wrapped.get(c).get(i) : "";
      String fill = " ".repeat(widths[c] - text.length());
      String painted = colours ? row.get(c).tone().paint(text) : text;
      line.append(c == 0 ? "" : GAP).append(numeric[c] ? fill + painted : painted + fill);
    }
    return line.toString().stripTrailing();
  }

  private int[] widths() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<Cell> row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row.get(c).text().length());
      }
    }
    int room = WIDTH - GAP.length() * (columns - 1);
    while (Arrays.stream(widths).sum() > room) {
      int widest = 0;
      for (int c = 1; c < columns; c++) {
        widest = widths[c] > widths[widest] ? c : widest;
      }
      if (widths[widest] <= NARROWEST) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  /** Whether a column is right-aligned: numbers, and dashes for missing ones. */
  private boolean[] numericColumns() {
    boolean[] numeric = new boolean[rows.get(0).size()];
    for (int c = 0; c < numeric.length; c++) {
      int column = c;
      List<String> texts = rows.stream().skip(1).map(r -> r.get(column).text()).toList();
      numeric[c] =
          texts.stream().allMatch(t -> t.matches("-|[0-9]+"))
              && texts.stream().anyMatch(t -> !t.equals("-"));
    }
    return numeric;
  }

  /** Breaks at a space, unless the next word must be broken anyway. */
  private static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      int end = space > 0 && wordAfter(rest, space) <= width ? space : width;
      lines.add(rest.substring(0, end));
      rest = rest.substring(end).stripLeading();
    }
    lines.add(rest);
    return lines;
  }

  private static int wordAfter(String text, int space) {
    int end = text.indexOf(' ', space + 1);
    return (end < 0 ? text.length() : end) - space - 1;
  }
}
