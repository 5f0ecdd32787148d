// SPDX-License-Identifier: Apache-2.0
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
 * Copies that a round would delete because their donor lacks the point. They are deferred to the
 * end of the round: if the donor lacks more than clients would delete, the operator is asked before
 * any is deleted. Copies beyond the memory limit are only counted, and left to the next round.
 * Serves one round. Not thread-safe.
 */
final class DeferredDeletes {
  /** Share of the copies from one shard that may be deleted without a question. */
  private static final int MAX_PERCENT = 5;

  /** Memory of deferred deletes, in bytes; a single id may have megabytes. */
  private static final long MAX_WAITING_BYTES = 4 << 20;

  /** Memory of a deferred delete besides the characters of its id, in bytes. */
  private static final int COPY_OVERHEAD_BYTES = 80;

  private final MigrationContext context;
  private final DonorDataCheck truth;
  private final Map<Long, Long> missing = new HashMap<>();
  private final List<Copy> waiting = new ArrayList<>();
  private long bytes;

  /** One copy to delete. */
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
   * Deletes a copy at the end of the round or in a later one; immediately if the operator has
   * approved it.
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

  /** Forgets a collection: the round starts it again, and finds the same copies. */
  void forget(ShardCollection collection) {
    for (Copy copy : waiting) {
      if (copy.collection().equals(collection)) {
        bytes -= copy.bytes();
        missing.merge(copy.donor().id(), -1L, Long::sum);
      }
    }
    waiting.removeIf(copy -> copy.collection().equals(collection));
  }

  /** Deletes all deferred copies, at the end of the round. */
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
