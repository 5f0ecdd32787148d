// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.OperatorQuestion;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import java.util.List;

/**
 * Proves with the first deletes that a donor and its owners are not one store under two names: a
 * point that was deleted on the donor must still be on its owner. Not thread-safe.
 */
final class SentinelDelete {
  private static final int MAX_VANISHED = 3;

  private final DataCalls calls;
  private final Shard donor;
  private final AbsentCounter absent;
  private final SpillWriter spill;
  private final OperatorQuestion operator;
  private boolean survived;
  private int vanished;

  SentinelDelete(
      DataCalls calls,
      Shard donor,
      AbsentCounter absent,
      SpillWriter spill,
      OperatorQuestion operator) {
    this.calls = calls;
    this.donor = donor;
    this.absent = absent;
    this.spill = spill;
    this.operator = operator;
  }

  /**
   * Deletes points one by one until one of them survives on its owner; then nothing more.
   *
   * @param compared takes what the owners have after that
   */
  void check(String collection, List<Comparison> compared, OwnerLookup owners)
      throws StepException, InterruptedException {
    for (int i = 0; i < compared.size() && !survived; i++) {
      Comparison one = compared.get(i);
      if (one.isAbsent()) {
        continue;
      }
      calls.delete(donor, collection, List.of(one.row().id()));
      Comparison after = owners.again(one);
      compared.set(i, after);
      survived = !after.isAbsent();
      if (!survived) {
        // A client may have deleted one point just now, but not several in a row.
        absent.add(donor.id(), 1);
        spill.keep(List.of(after.spilled(collection, donor)));
        if (++vanished == MAX_VANISHED) {
          vanished = 0;
          operator.ask(
              "sentinel", vanishing(one), List.of(donor.primaryUrl(), one.owner().primaryUrl()));
        }
      }
    }
  }

  private String vanishing(Comparison one) {
    return "points deleted on "
        + donor.primaryUrl()
        + " vanish from "
        + one.owner().primaryUrl()
        + " as well: both may be one store; the points are in the spill file";
  }
}
