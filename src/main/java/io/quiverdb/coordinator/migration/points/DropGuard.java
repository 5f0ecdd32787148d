// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.OperatorQuestion;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.migration.step.Query;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Guards a drop on one donor. A point that its owner lacks, or holds with other content, is written
 * to the spill file before it is deleted. The first delete checks that donor and owner are not one
 * store under two names. If the owners lack too many points, the operator decides. Not thread-safe.
 */
final class DropGuard implements ScanAndDelete.BeforeDeleteFactory {
  private static final int MAX_VANISHED = 3;
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  /** A donor's point and what its owner has under its id. */
  private record Comparison(Row row, Shard owner, @Nullable Row there) {
    boolean isSame() {
      return there != null && there.sameContent(row);
    }

    boolean isAbsent() {
      return there == null;
    }
  }

  private final MigrationContext context;
  private final DataCalls calls;
  private final PointSlice slice;
  private final Shard donor;
  private final int sideBySide;
  private final AbsentCounter absent;
  private final OperatorQuestion operator;
  private boolean sentinelSurvived;
  private int vanished;

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
  }

  @Override
  public ScanAndDelete.BeforeDelete of(ShardCollection collection) {
    return new Collected(collection);
  }

  /** The points of one collection, met in the order of their ids. */
  private final class Collected implements ScanAndDelete.BeforeDelete {
    private final String collection;
    private final long points;
    private final Map<Long, ScanCursor> owners = new HashMap<>();

    /**
     * Remaining shards of a drain without the collection: a client's drop does not reach the shard
     * that left. Its points are spilled, like all that their owner lacks.
     */
    private final Set<Long> without = new HashSet<>();

    Collected(ShardCollection collection) {
      this.collection = collection.name();
      this.points = collection.count();
    }

    @Override
    public void before(List<Row> doomed) throws StepException, InterruptedException {
      List<Comparison> compared = new ArrayList<>();
      for (Row row : doomed) {
        Shard owner = slice.owner(row.id());
        if (owner != null) {
          compared.add(judge(row, owner));
        }
      }
      AbsentCounter.Verdict verdict = absent.judge(donor.id(), absentOf(compared));
      while (verdict == AbsentCounter.Verdict.WAIT) {
        awaitAnswer();
        lookAgain(compared);
        verdict = absent.judge(donor.id(), absentOf(compared));
      }
      if (verdict == AbsentCounter.Verdict.ASK) {
        ask(absentOf(compared));
        lookAgain(compared);
        absent.add(donor.id(), absentOf(compared));
      }
      keep(compared.stream().filter(one -> !one.isSame()).toList());
      if (!sentinelSurvived) {
        checkSentinel(compared);
      }
    }

    private void awaitAnswer() throws InterruptedException {
      while (absent.isAsking()) {
        context.control().check();
        context.time().sleep(POLL_INTERVAL);
      }
    }

    /** The operator may take hours to answer: the owner may have lost points meanwhile. */
    private void lookAgain(List<Comparison> compared) throws StepException, InterruptedException {
      for (int i = 0; i < compared.size(); i++) {
        compared.set(i, again(compared.get(i).row, compared.get(i).owner));
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

    /**
     * Compares with the owner's listing first. If that differs, reads the point itself: it is newer
     * than the listing, and the scan leaves out orphans of other donors.
     */
    private Comparison judge(Row row, Shard owner) throws StepException, InterruptedException {
      // With long rows, no second page fits into memory.
      Row listed =
          calls.pageSizes().isLong(collection)
              ? null
              : ask(owner, () -> Optional.ofNullable(head(owner).at(row.id()))).orElse(null);
      return listed != null && listed.sameContent(row)
          ? new Comparison(row, owner, listed)
          : again(row, owner);
    }

    private Comparison again(Row row, Shard owner) throws StepException, InterruptedException {
      Row there = ask(owner, () -> calls.row(owner, collection, row.id())).orElse(null);
      return new Comparison(row, owner, there);
    }

    private ScanCursor head(Shard owner) {
      return owners.computeIfAbsent(
          owner.id(),
          id ->
              new ScanCursor(
                  Scan.stepwise(
                          calls,
                          owner,
                          collection,
                          sideBySide,
                          slice.between(slice.grows() ? donor : owner))
                      .of(points)));
    }

    private Optional<Row> ask(Shard owner, Query<Optional<Row>, StepException> question)
        throws StepException, InterruptedException {
      if (without.contains(owner.id())) {
        return Optional.empty();
      }
      try {
        return question.ask();
      } catch (CollectionChanged e) {
        if (slice.grows()
            || calls.collections(owner).stream().anyMatch(c -> c.name().equals(collection))) {
          throw e;
        }
        without.add(owner.id());
        return Optional.empty();
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

    private void keep(List<Comparison> missed) throws InterruptedException {
      List<Spilled> rows =
          missed.stream()
              .map(one -> new Spilled(collection, donor.primaryUrl(), one.row, one.isAbsent()))
              .toList();
      boolean kept = rows.isEmpty();
      while (!kept) {
        context.control().check();
        try {
          context.spills().keep(context.migration().id(), rows);
          context.control().recorder().spilled(rows.size());
          kept = true;
        } catch (IOException e) {
          context.control().hold("spill", "the spill file cannot be written: " + e.getMessage());
        }
      }
    }

    private void checkSentinel(List<Comparison> compared)
        throws StepException, InterruptedException {
      for (Comparison one : compared) {
        if (sentinelSurvived) {
          return;
        }
        if (one.isAbsent()) {
          continue;
        }
        calls.delete(donor, collection, List.of(one.row.id()));
        Comparison after = again(one.row, one.owner);
        sentinelSurvived = !after.isAbsent();
        if (!sentinelSurvived) {
          // A client may have deleted one point just now, but not several in a row.
          absent.add(donor.id(), 1);
          keep(List.of(after));
          if (++vanished == MAX_VANISHED) {
            vanished = 0;
            operator.ask(
                "sentinel", vanishing(one), List.of(donor.primaryUrl(), one.owner.primaryUrl()));
          }
        }
      }
    }

    private String vanishing(Comparison one) {
      return "points deleted on "
          + donor.primaryUrl()
          + " vanish from "
          + one.owner.primaryUrl()
          + " as well: both may be one store; the points are in the spill file";
    }

    @Override
    public void close() {
      owners.values().forEach(ScanCursor::close);
    }
  }

  private static int absentOf(List<Comparison> compared) {
    return (int) compared.stream().filter(Comparison::isAbsent).count();
  }
}
