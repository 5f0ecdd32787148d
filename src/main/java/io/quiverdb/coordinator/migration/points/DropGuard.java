// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.OperatorQuestion;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Guards a drop on one donor. Compares each point with its owner's ({@link OwnerLookup}). If the
 * owners lack too many points, the operator decides. A point that its owner lacks, or holds with
 * other content, is spilled ({@link SpillWriter}). The first deletes are a test ({@link
 * SentinelDelete}). Not thread-safe.
 */
final class DropGuard implements ScanAndDelete.BeforeDeleteFactory {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  private final MigrationContext context;
  private final DataCalls calls;
  private final PointSlice slice;
  private final Shard donor;
  private final int sideBySide;
  private final AbsentCounter absent;
  private final OperatorQuestion operator;
  private final SpillWriter spill;
  private final SentinelDelete sentinel;

  /**
   * For one donor.
   *
   * @param sideBySide how many scans may hold a page at the same time, the donor's and those of its
   *     owners included
   */
  DropGuard(
      MigrationContext context,
      DataCalls calls,
      PointSlice slice,
      Shard donor,
      int sideBySide,
      AbsentCounter absent) {
    this.context = context;
    this.calls = calls;
    this.slice = slice;
    this.donor = donor;
    this.sideBySide = sideBySide;
    this.absent = absent;
    this.operator = new OperatorQuestion(context.control());
    this.spill = new SpillWriter(context, donor);
    this.sentinel = new SentinelDelete(calls, donor, absent, spill, operator);
  }

  @Override
  public ScanAndDelete.BeforeDelete of(ShardCollection collection) {
    return new OfCollection(collection);
  }

  private final class OfCollection implements ScanAndDelete.BeforeDelete {
    private final String collection;
    private final OwnerLookup owners;

    OfCollection(ShardCollection collection) {
      this.collection = collection.name();
      this.owners = new OwnerLookup(calls, slice, donor, sideBySide, collection);
    }

    @Override
    public void before(List<Row> doomed) throws StepException, InterruptedException {
      List<Comparison> compared = new ArrayList<>();
      for (Row row : doomed) {
        Shard owner = slice.owner(row.id());
        if (owner != null) {
          compared.add(owners.compare(row, owner));
        }
      }
      approve(compared);
      spill.keep(collection, compared.stream().filter(one -> !one.isSame()).toList());
      sentinel.check(collection, compared, owners);
    }

    /** Returns when the points that are absent on their owner may be deleted. */
    private void approve(List<Comparison> compared) throws StepException, InterruptedException {
      AbsentCounter.Verdict verdict = judge(compared);
      while (verdict == AbsentCounter.Verdict.WAIT) {
        awaitAnswer();
        compareAgain(compared);
        verdict = judge(compared);
      }
      if (verdict == AbsentCounter.Verdict.ASK) {
        ask(Comparison.absentOf(compared));
        compareAgain(compared);
        absent.add(donor.id(), Comparison.absentOf(compared));
      }
    }

    private AbsentCounter.Verdict judge(List<Comparison> compared) {
      return absent.judge(donor.id(), Comparison.absentOf(compared));
    }

    private void awaitAnswer() throws InterruptedException {
      while (absent.isAsking()) {
        context.control().check();
        context.time().sleep(POLL_INTERVAL);
      }
    }

    /** The operator may take hours to answer: the owner may have lost points meanwhile. */
    private void compareAgain(List<Comparison> compared)
        throws StepException, InterruptedException {
      for (int i = 0; i < compared.size(); i++) {
        compared.set(i, owners.again(compared.get(i)));
      }
    }

    private void ask(int missing) throws InterruptedException {
      boolean approved = false;
      try {
        operator.ask("spill_threshold", tooMany(missing), List.of(donor.primaryUrl()));
        if (context.skips(donor.id())) {
          // The operator skipped this donor only.
          throw new ShardSkipped(donor);
        }
        approved = true;
      } finally {
        absent.answered(donor.id(), approved);
      }
    }

    private String tooMany(int missing) {
      return absent.with(missing)
          + " points that were to be dropped are absent on their owner, the last ones from "
          + donor.primaryUrl()
          + " in "
          + collection
          + "; retry deletes them there and keeps them in the spill file";
    }

    @Override
    public void close() {
      owners.close();
    }
  }
}
