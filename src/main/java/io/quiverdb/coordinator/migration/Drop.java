package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Removes, after the flip, the copies that are not the truth any more: the slice from every donor
 * of a grow, everything from the shard that a drain took out.
 *
 * <p>Unconditionally: a point that was deleted or overwritten on its owner since the flip must not
 * survive on the donor. {@link DropCheck} keeps what could be missed. For one task at a time.
 */
final class Drop {
  private final Move move;
  private final DataCalls calls;
  private final DropCheck.Absent absent;

  /**
   * A drop.
   *
   * @param absent what earlier passes over the same move found
   */
  Drop(Move move, DataCalls calls, DropCheck.Absent absent) {
    this.move = move;
    this.calls = calls;
    this.absent = absent;
  }

  /**
   * Scans every donor once and deletes what it meets; returns when no request of it can take effect
   * any more.
   *
   * @return whether it met nothing
   * @throws CollectionChanged if a shard lacks a collection: compare the collections, then begin
   *     again
   */
  boolean pass(List<ShardCollection> collections)
      throws StepFailed, CollectionChanged, InterruptedException {
    absent.beginPass();
    Slice slice = Slice.of(move);
    Predicate<String> doomed = slice.growing() ? slice::moves : id -> true;
    long found = 0;
    for (Shard donor : answeringFirst(slice.authorities())) {
      try {
        DropCheck check = new DropCheck(move, calls, slice, donor, absent);
        found += new Sweep(move, calls).pass(donor, collections, doomed, check);
      } catch (ShardSkipped e) {
        if (!e.isAbout(donor)) {
          throw new StepFailed(e.getMessage() + ", but it holds the truth");
        }
      }
    }
    calls.settle();
    return found == 0;
  }

  /** A dead donor does not keep the others from being cleaned. */
  private List<Shard> answeringFirst(List<Shard> donors) throws InterruptedException {
    List<Shard> answering = new ArrayList<>();
    List<Shard> silent = new ArrayList<>();
    for (Shard donor : donors) {
      (move.shards().healthy(donor.primaryUrl()) ? answering : silent).add(donor);
    }
    answering.addAll(silent);
    return answering;
  }
}
