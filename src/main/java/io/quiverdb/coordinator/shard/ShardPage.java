// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.util.List;

/**
 * A page of a shard's listing, with the wanted rows. Immutable and thread-safe.
 *
 * @param count how many points it listed
 * @param first the id of the first of them; empty if there is none
 * @param last the id of the last point
 * @param bytes the size of all of them together
 * @param rows the wanted ones, in the order of their ids
 */
public record ShardPage(int count, String first, String last, long bytes, List<Row> rows) {
  /** Takes a copy of the list. */
  public ShardPage {
    rows = List.copyOf(rows);
  }
}
