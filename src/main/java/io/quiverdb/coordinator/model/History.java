package io.quiverdb.coordinator.model;

import java.util.Collection;
import java.util.List;
import org.pcollections.TreePMap;

/**
 * The last changes, oldest first; a ring of at most {@value #CAPACITY}.
 *
 * @param entries by log index
 */
public record History(TreePMap<Long, HistoryEntry> entries) {
  /** How many changes are kept. */
  public static final int CAPACITY = 1000;

  /** No change yet. */
  public static final History EMPTY = new History(TreePMap.empty());

  /** A history of these entries; only the last {@value #CAPACITY} stay. */
  public static History of(Collection<HistoryEntry> entries) {
    History history = EMPTY;
    for (HistoryEntry entry : entries) {
      history = history.plus(entry);
    }
    return history;
  }

  /** With one more change; the oldest one falls out when there are too many. */
  public History plus(HistoryEntry entry) {
    TreePMap<Long, HistoryEntry> longer = entries.plus(entry.index(), entry);
    return new History(longer.size() > CAPACITY ? longer.minus(longer.firstKey()) : longer);
  }

  /** The changes after a log index (exclusive), oldest first. */
  public List<HistoryEntry> since(long index) {
    return List.copyOf(entries.tailMap(index, false).values());
  }
}
