// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check found, or a part of that, bounded: a report is kept in the replicated state, and a
 * part of it is one entry of the log. Beyond {@value #MAX_ROWS} rows or {@value #MAX_TEXT}
 * characters, rows without strays go first, and those that go are summed.
 *
 * @param rows in the order in which they came: by collection, then as the map lists the shards
 * @param others the sum of the rows that are not listed
 * @param leftOut names of collections that cannot be listed
 */
public record CheckReport(List<CheckedShard> rows, Others others, List<String> leftOut) {
  /** The most rows. */
  public static final int MAX_ROWS = 500;

  /** The most characters in the names and samples of all rows; six bytes each at most as JSON. */
  public static final int MAX_TEXT = 400_000;

  /** The most names in {@link #leftOut}. */
  public static final int MAX_LEFT_OUT = 20;

  /** The longest name of a collection, in characters. */
  public static final int MAX_NAME = 1024;

  /** Nothing yet. */
  public static final CheckReport EMPTY =
      new CheckReport(List.of(), new Others(0, 0, 0, StrayCounts.NONE), List.of());

  /**
   * The sum of rows.
   *
   * @param rows how many
   */
  public record Others(long rows, long points, long owned, StrayCounts strays) {
    private Others plus(CheckedShard row) {
      return plus(new Others(1, row.points(), row.owned(), row.strays()));
    }

    private Others plus(Others more) {
      return new Others(
          rows + more.rows, points + more.points, owned + more.owned, strays.plus(more.strays));
    }
  }

  /** Cuts the names. */
  public CheckReport {
    rows = List.copyOf(rows);
    leftOut = leftOut.stream().distinct().limit(MAX_LEFT_OUT).toList();
  }

  /** A part with one row. */
  public static CheckReport of(CheckedShard row) {
    return new CheckReport(List.of(row), EMPTY.others, List.of());
  }

  /** A part that names a collection that cannot be listed. */
  public static CheckReport leavingOut(String collection) {
    return new CheckReport(List.of(), EMPTY.others, List.of(collection));
  }

  /** With a further part. */
  public CheckReport plus(CheckReport more) {
    List<CheckedShard> longer = new ArrayList<>(rows);
    Others sum = others.plus(more.others);
    long text = rows.stream().mapToLong(CheckedShard::text).sum();
    for (CheckedShard row : more.rows) {
      longer.add(row);
      text += row.text();
      while (longer.size() > MAX_ROWS || text > MAX_TEXT) {
        CheckedShard gone = longer.remove(leastTelling(longer));
        text -= gone.text();
        sum = sum.plus(gone);
      }
    }
    List<String> names = new ArrayList<>(leftOut);
    names.addAll(more.leftOut);
    return new CheckReport(longer, sum, names);
  }

  private static int leastTelling(List<CheckedShard> rows) {
    for (int i = rows.size() - 1; i >= 0; i--) {
      if (!rows.get(i).hasStrays()) {
        return i;
      }
    }
    return rows.size() - 1;
  }

  /** The strays of all shards. */
  public StrayCounts strays() {
    return rows.stream().map(CheckedShard::strays).reduce(others.strays(), StrayCounts::plus);
  }

  /** The points of all shards. */
  public long points() {
    return rows.stream().mapToLong(CheckedShard::points).sum() + others.points();
  }
}
