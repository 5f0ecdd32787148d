// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check found, bounded: a report is kept in the replicated state. Beyond {@value #MAX_ROWS}
 * rows, those without strays go first, and those that go are summed.
 *
 * @param rows in the order in which they came: by collection, then as the map lists the shards
 * @param others the sum of the rows that are not listed
 * @param leftOut names of collections that cannot be listed
 */
public record CheckReport(List<CheckedShard> rows, Others others, List<String> leftOut) {
  /** The most rows. */
  public static final int MAX_ROWS = 500;

  /** The most names in {@link #leftOut}, and in one entry of the log. */
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
      return new Others(
          rows + 1, points + row.points(), owned + row.owned(), strays.plus(row.strays()));
    }
  }

  /** Cuts the names. */
  public CheckReport {
    rows = List.copyOf(rows);
    leftOut = leftOut.stream().limit(MAX_LEFT_OUT).toList();
  }

  /** With more rows. */
  public CheckReport plus(List<CheckedShard> more, List<String> moreLeftOut) {
    List<CheckedShard> longer = new ArrayList<>(rows);
    Others sum = others;
    for (CheckedShard row : more) {
      longer.add(row);
      if (longer.size() > MAX_ROWS) {
        sum = sum.plus(longer.remove(leastTelling(longer)));
      }
    }
    List<String> names = new ArrayList<>(leftOut);
    names.addAll(moreLeftOut);
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
