package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.DonorDataCheck;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The copies that one round would delete because the shard they came from lacks them. They wait for
 * the end of the round: if that shard turns out to lack more than clients would delete, the
 * operator is asked before any is gone. Those for which there is no room are only counted, and left
 * to the next round. For one round, and one task at a time.
 */
final class DeferredDeletes {
  /** Of the copies from one shard; fewer may be deleted unasked. */
  private static final int MAX_PERCENT = 5;

  /** What those that wait may take in memory; a single one may have megabytes. */
  private static final long MAX_WAITING_BYTES = 4 << 20;

  /** Of a copy that waits, beside the characters of its id. */
  private static final int COPY_OVERHEAD_BYTES = 80;

  private final MigrationContext context;
  private final DonorDataCheck truth;
  private final Map<Long, Long> missing = new HashMap<>();
  private final List<Copy> waiting = new ArrayList<>();
  private long bytes;

  /** One copy that is to go. */
  private record Copy(ShardCollection collection, Shard donor, Shard target, String id) {
    long bytes() {
      return COPY_OVERHEAD_BYTES + 2L * id.length();
    }
  }

  /** Deletes copies. */
  interface Repairing {
    /** For one collection; to be flushed and closed. */
    RepairWriter in(ShardCollection collection);
  }

  DeferredDeletes(MigrationContext context) {
    this.context = context;
    this.truth = new DonorDataCheck(context);
  }

  /**
   * Deletes a copy at the end of the round or in a later one, or now if the operator has said so;
   * or never, if the operator takes the move back instead.
   *
   * @param donor which lacks the point
   * @param now of that collection
   */
  void delete(ShardCollection collection, Shard donor, Shard target, String id, RepairWriter now)
      throws StepException, InterruptedException {
    long lacks = missing.merge(donor.id(), 1L, Long::sum);
    int threshold = context.settings().spillThreshold();
    if (lacks > threshold && !truth.isApproved(donor)) {
      long copied = truth.copiedFrom(donor);
      if (lacks * 100 > copied * MAX_PERCENT) {
        truth.ask(
            donor,
            donor.primaryUrl()
                + " lacks "
                + lacks
                + " of "
                + copied
                + " points that were copied from it, the last ones in "
                + collection.name(),
            "retry deletes their copies");
      }
    }
    Copy copy = new Copy(collection, donor, target, id);
    if (truth.isApproved(donor)) {
      now.repair(target, id, null);
    } else if (waiting.isEmpty() || bytes + copy.bytes() <= MAX_WAITING_BYTES) {
      bytes += copy.bytes();
      waiting.add(copy);
    } else {
      now.leave(target, id);
    }
  }

  /** The round begins with this collection again, and meets the same copies. */
  void forget(ShardCollection collection) {
    for (Copy copy : waiting) {
      if (copy.collection().equals(collection)) {
        bytes -= copy.bytes();
        missing.merge(copy.donor().id(), -1L, Long::sum);
      }
    }
    waiting.removeIf(copy -> copy.collection().equals(collection));
  }

  /** At the end of the round. */
  void deleteAll(Repairing repairing) throws StepException, InterruptedException {
    int from = 0;
    while (from < waiting.size()) {
      ShardCollection collection = waiting.get(from).collection();
      try (RepairWriter repairs = repairing.in(collection)) {
        for (; from < waiting.size() && waiting.get(from).collection().equals(collection); from++) {
          context.control().check();
          repairs.repair(waiting.get(from).target(), waiting.get(from).id(), null);
        }
        repairs.flush();
      }
    }
    waiting.clear();
    bytes = 0;
  }
}
