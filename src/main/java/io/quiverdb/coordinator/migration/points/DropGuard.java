// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.OperatorQuestion;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Guards a drop on one donor. Compares each point with its owner's ({@link OwnerLookup}). If the
 * owners lack too many points, the operator decides. A point that its owner lacks, or holds with
 * other content, is spilled ({@link SpillWriter}). The first deletes are a test ({@link
 * SentinelDelete}). Not thread-safe.
 *
 * <p>The points of a page are deleted over some time, in which an owner may come back without its
 * points. So an owner proves once a second that it still has what it had: one point is read again.
 * If that has changed, so may have all others.
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
    this.spill =
        new SpillWriter(
            context.control(),
            context.spills(),
            "migration-" + Unsigned.text(context.migration().id()));
    this.sentinel = new SentinelDelete(calls, donor, absent, spill, operator);
  }

  @Override
  public ScanAndDelete.BeforeDelete of(ShardCollection collection) {
    return new OfCollection(collection);
  }

  private final class OfCollection implements ScanAndDelete.BeforeDelete {
    private final String collection;
    private final OwnerLookup owners;

    /** The owners of the points of this page that are not spilled. */
    private final Map<String, Shard> same = new HashMap<>();

    /** When an owner last had a point as before, in nanoseconds, by its id. */
    private final Map<Long, Long> proven = new HashMap<>();

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
      keep(compared);
      sentinel.check(collection, compared, owners);
      same.clear();
      compared.stream()
          .filter(Comparison::isSame)
          .forEach(one -> same.put(one.row().id(), one.owner()));
    }

    @Override
    public void rightBefore(List<Row> some) throws StepException, InterruptedException {
      Set<Long> doubtful = new HashSet<>();
      List<Comparison> changed = changed(some, doubtful);
      while (!changed.isEmpty()) {
        approve(changed);
        keep(changed).forEach(one -> same.remove(one.row().id()));
        // The operator may have taken hours to answer.
        changed = changed(some, doubtful);
      }
    }

    /**
     * What owners had, and lack or have otherwise now.
     *
     * @param doubtful owners whose points have all to be read; takes those with a change
     */
    private List<Comparison> changed(List<Row> some, Set<Long> doubtful)
        throws StepException, InterruptedException {
      List<Comparison> changed = new ArrayList<>();
      for (Row row : some) {
        Shard owner = same.get(row.id());
        if (owner == null || isProven(owner)) {
          continue;
        }
        context.control().check();
        long asked = context.time().nanos();
        Comparison now = owners.read(row, owner);
        if (!now.isSame()) {
          changed.add(now);
          doubtful.add(owner.id());
        } else if (!doubtful.contains(owner.id())) {
          proven.put(owner.id(), asked);
        }
      }
      return changed;
    }

    private boolean isProven(Shard owner) {
      Long at = proven.get(owner.id());
      return at != null && context.time().nanos() - at <= Comparison.MAX_AGE_NANOS;
    }

    private List<Comparison> keep(List<Comparison> compared) throws InterruptedException {
      List<Comparison> lost = compared.stream().filter(one -> !one.isSame()).toList();
      spill.keep(lost.stream().map(one -> one.spilled(collection, donor)).toList());
      return lost;
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
