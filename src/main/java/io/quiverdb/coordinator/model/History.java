// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Collection;
import java.util.List;
import org.pcollections.TreePVector;

/**
 * The last changes, oldest first; a ring of at most {@value #CAPACITY}.
 *
 * @param entries in the order in which they were applied; those of one log entry share its index
 */
public record History(TreePVector<HistoryEntry> entries) {
  /** How many changes are kept. */
  public static final int CAPACITY = 1000;

  /** No change yet. */
  public static final History EMPTY = new History(TreePVector.empty());

  /** A history of these entries; only the last {@value #CAPACITY} stay. */
  public static History of(Collection<HistoryEntry> entries) {
    History history = EMPTY;
    for (HistoryEntry entry : entries) {
      history = history.plus(entry);
    }
    return history;
  }

  /** With one more change; the oldest one is dropped when there are too many. */
  public History plus(HistoryEntry entry) {
    TreePVector<HistoryEntry> longer = entries.plus(entry);
    return new History(longer.size() > CAPACITY ? longer.minus(0) : longer);
  }

  /**
   * The changes after a log index (exclusive), oldest first. Searches from the newest one back: a
   * reader that keeps up lacks only one or two.
   */
  public List<HistoryEntry> since(long index) {
    int first = entries.size();
    while (first > 0 && entries.get(first - 1).index() > index) {
      first--;
    }
    return entries.subList(first, entries.size());
  }
}
