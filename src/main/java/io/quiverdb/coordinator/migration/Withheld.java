package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The copies that one round would delete because the shard they came from lacks them. The first
 * ones of each such shard wait for the end of the round: if it turns out to lack more than clients
 * would delete, the operator is asked before any is gone. For one round, and one task at a time.
 */
final class Withheld {
  /** Of the copies from one shard; fewer may be deleted unasked. */
  private static final int PERCENT = 5;

  /** What ids may take in memory, in characters; a single one may have megabytes. */
  private static final int MOST_CHARS = 1 << 20;

  private final Move move;
  private final Truth truth;
  private final Map<Long, Long> missing = new HashMap<>();
  private final List<Copy> waiting = new ArrayList<>();
  private int chars;

  /** One copy that is to go. */
  private record Copy(ShardCollection collection, Shard target, String id) {}

  /** Deletes copies. */
  interface Repairing {
    /** For one collection; to be flushed and closed. */
    Repairs in(ShardCollection collection);
  }

  Withheld(Move move) {
    this.move = move;
    this.truth = new Truth(move);
  }

  /**
   * Deletes a copy now or later; or never, if the operator takes the move back instead.
   *
   * @param authority which lacks the point
   * @param now of that collection
   */
  void delete(ShardCollection collection, Shard authority, Shard target, String id, Repairs now)
      throws StepFailed, CollectionChanged, InterruptedException {
    long lacks = missing.merge(authority.id(), 1L, Long::sum);
    int threshold = move.settings().spillThreshold();
    if (lacks > threshold && !truth.isApproved(authority)) {
      long copied = truth.copiedFrom(authority);
      if (lacks * 100 > copied * PERCENT) {
        truth.ask(
            authority,
            authority.primaryUrl()
                + " lacks "
                + lacks
                + " of "
                + copied
                + " points that were copied from it, the last ones in "
                + collection.name(),
            "retry deletes their copies");
      }
    }
    if (lacks > threshold || chars + id.length() > MOST_CHARS) {
      now.repair(target, id, null);
    } else {
      chars += id.length();
      waiting.add(new Copy(collection, target, id));
    }
  }

  /** At the end of the round. */
  void deleteAll(Repairing repairing) throws StepFailed, CollectionChanged, InterruptedException {
    int from = 0;
    while (from < waiting.size()) {
      ShardCollection collection = waiting.get(from).collection();
      try (Repairs repairs = repairing.in(collection)) {
        for (; from < waiting.size() && waiting.get(from).collection().equals(collection); from++) {
          move.control().check();
          repairs.repair(waiting.get(from).target(), waiting.get(from).id(), null);
        }
        repairs.flush();
      }
    }
    waiting.clear();
    chars = 0;
  }
}
