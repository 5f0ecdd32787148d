// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The position of a scan: its current row. Not thread-safe. */
final class ScanCursor implements AutoCloseable {
  private final Scan scan;
  private List<Row> rows = List.of();
  private int index;

  ScanCursor(Scan scan) {
    this.scan = scan;
  }

  /** The row; null at the end. */
  @Nullable Row row() throws StepException, InterruptedException {
    while (index == rows.size()) {
      if (!turn()) {
        return null;
      }
    }
    return rows.get(index);
  }

  private boolean turn() throws StepException, InterruptedException {
    // Passed rows are released before the next page is read.
    rows = List.of();
    index = 0;
    Scan.Page page = scan.next();
    if (page == null) {
      return false;
    }
    rows = page.rows();
    return true;
  }

  /** Goes on to the next row. */
  void advance() {
    index++;
  }

  /** Whether nothing is left of the page: the next row comes from another one. */
  boolean isAtPageEnd() {
    return index == rows.size();
  }

  /** The row of an id; null if there is none. Ids must be asked for in ascending order. */
  @Nullable Row at(String id) throws StepException, InterruptedException {
    while (true) {
      Row row = row();
      int order = row == null ? 1 : Utf8Order.INSTANCE.compare(row.id(), id);
      if (order >= 0) {
        return order == 0 ? row : null;
      }
      advance();
    }
  }

  @Override
  public void close() {
    scan.close();
  }
}
