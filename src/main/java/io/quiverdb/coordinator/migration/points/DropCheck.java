package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.migration.step.Operator;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.Slice;
import io.quiverdb.coordinator.migration.step.StepFailed;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a drop does before it deletes from one donor. Whatever its owner lacks, or has otherwise, is
 * on the disk first. A first delete proves that donor and owner are not one store under two names.
 * Too many points that the owner lacks are for the operator to judge. For one task at a time.
 */
final class DropCheck implements Sweep.Carer {
  private static final int SENTINELS = 3;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  /** A donor's point and what its owner has under its id. */
  private record Judged(Row row, Shard owner, @Nullable Row there) {
    boolean isSame() {
      return there != null && there.sameContent(row);
    }

    boolean isAbsent() {
      return there == null;
    }
  }

  private interface Question {
    @Nullable Row ask() throws StepFailed, CollectionChanged, InterruptedException;
  }

  private final Move move;
  private final DataCalls calls;
  private final Slice slice;
  private final Shard donor;
  private final int sideBySide;
  private final AbsentCount absent;
  private final Operator operator;
  private boolean proven;
  private int vanished;

  /**
   * For one donor.
   *
   * @param sideBySide how many scans may hold a page at the same time, the donor's and those of its
   *     owners included
   */
  DropCheck(
      Move move, DataCalls calls, Slice slice, Shard donor, int sideBySide, AbsentCount absent) {
    this.move = move;
    this.calls = calls;
    this.slice = slice;
    this.donor = donor;
    this.sideBySide = sideBySide;
    this.absent = absent;
    this.operator = new Operator(move.control());
  }

  @Override
  public Sweep.Care of(ShardCollection collection) {
    return new Collected(collection);
  }

  /** The points of one collection, met in the order of their ids. */
  private final class Collected implements Sweep.Care {
    private final String collection;
    private final long points;
    private final Map<Long, Head> owners = new HashMap<>();

    /**
     * Survivors of a drain that do not have the collection: nobody writes to the shard that left,
     * so a client's drop does not reach it. Its points are kept, like all that their owner lacks.
     */
    private final Set<Long> without = new HashSet<>();

    Collected(ShardCollection collection) {
      this.collection = collection.name();
      this.points = collection.count();
    }

    @Override
    public void before(List<Row> doomed)
        throws StepFailed, CollectionChanged, InterruptedException {
      List<Judged> judged = new ArrayList<>();
      for (Row row : doomed) {
        Shard owner = slice.owner(row.id());
        if (owner != null) {
          judged.add(judge(row, owner));
        }
      }
      AbsentCount.Verdict verdict = absent.judge(donor.id(), absentOf(judged));
      while (verdict == AbsentCount.Verdict.WAIT) {
        awaitAnswer();
        lookAgain(judged);
        verdict = absent.judge(donor.id(), absentOf(judged));
      }
      if (verdict == AbsentCount.Verdict.ASK) {
        ask(absentOf(judged));
        lookAgain(judged);
        absent.add(donor.id(), absentOf(judged));
      }
      keep(judged.stream().filter(one -> !one.isSame()).toList());
      if (!proven) {
        prove(judged);
      }
    }

    private void awaitAnswer() throws InterruptedException {
      while (absent.isAsking()) {
        move.control().check();
        move.time().sleep(LOOK_AGAIN);
      }
    }

    /** An operator may think for hours: what was the same then may be gone from its owner now. */
    private void lookAgain(List<Judged> judged)
        throws StepFailed, CollectionChanged, InterruptedException {
      for (int i = 0; i < judged.size(); i++) {
        judged.set(i, again(judged.get(i).row, judged.get(i).owner));
      }
    }

    private void ask(int missing) throws InterruptedException {
      boolean approved = false;
      try {
        operator.ask("spill_threshold", tooMany(missing), List.of(donor.primaryUrl()));
        if (move.control().migration().skipped().contains(donor.id())) {
          // The operator spoke of this donor, and not of what others hold.
          throw new ShardSkipped(donor);
        }
        approved = true;
      } finally {
        absent.answered(donor.id(), approved);
      }
    }

    /**
     * By the owner's listing; if that differs, by the point: it is newer than the listing, and an
     * orphan of another donor's is not met there.
     */
    private Judged judge(Row row, Shard owner)
        throws StepFailed, CollectionChanged, InterruptedException {
      // A page of long rows is all that fits beside the donor's.
      Row listed =
          calls.pageSizes().isLong(collection) ? null : ask(owner, () -> head(owner).at(row.id()));
      return listed != null && listed.sameContent(row)
          ? new Judged(row, owner, listed)
          : again(row, owner);
    }

    private Judged again(Row row, Shard owner)
        throws StepFailed, CollectionChanged, InterruptedException {
      Row there = ask(owner, () -> calls.row(owner, collection, row.id()).orElse(null));
      return new Judged(row, owner, there);
    }

    private Head head(Shard owner) {
      return owners.computeIfAbsent(
          owner.id(),
          id ->
              new Head(
                  Scan.stepwise(
                          calls,
                          owner,
                          collection,
                          sideBySide,
                          slice.between(slice.growing() ? donor : owner))
                      .of(points)));
    }

    private @Nullable Row ask(Shard owner, Question question)
        throws StepFailed, CollectionChanged, InterruptedException {
      if (without.contains(owner.id())) {
        return null;
      }
      try {
        return question.ask();
      } catch (CollectionChanged e) {
        if (slice.growing()
            || calls.collections(owner).stream().anyMatch(c -> c.name().equals(collection))) {
          throw e;
        }
        without.add(owner.id());
        return null;
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

    private void keep(List<Judged> missed) throws InterruptedException {
      List<Spilled> rows =
          missed.stream()
              .map(one -> new Spilled(collection, donor.primaryUrl(), one.row, one.isAbsent()))
              .toList();
      boolean kept = rows.isEmpty();
      while (!kept) {
        move.control().check();
        try {
          move.spills().keep(move.control().migration().id(), rows);
          move.control().recorder().spilled(rows.size());
          kept = true;
        } catch (IOException e) {
          move.control().hold("spill", "the spill file cannot be written: " + e.getMessage());
        }
      }
    }

    private void prove(List<Judged> judged)
        throws StepFailed, CollectionChanged, InterruptedException {
      for (Judged one : judged) {
        if (proven) {
          return;
        }
        if (one.isAbsent()) {
          continue;
        }
        calls.delete(donor, collection, List.of(one.row.id()));
        Judged after = again(one.row, one.owner);
        proven = !after.isAbsent();
        if (!proven) {
          // A client may have deleted it just now; several clients did not.
          absent.add(donor.id(), 1);
          keep(List.of(after));
          if (++vanished == SENTINELS) {
            vanished = 0;
            operator.ask(
                "sentinel", vanishing(one), List.of(donor.primaryUrl(), one.owner.primaryUrl()));
          }
        }
      }
    }

    private String vanishing(Judged one) {
      return "points deleted on "
          + donor.primaryUrl()
          + " vanish from "
          + one.owner.primaryUrl()
          + " as well: both may be one store; the points are in the spill file";
    }

    @Override
    public void close() {
      owners.values().forEach(Head::close);
    }
  }

  private static int absentOf(List<Judged> judged) {
    return (int) judged.stream().filter(Judged::isAbsent).count();
  }
}
