// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.List;

/**
 * Checks that donors still have their data. A donor that restarts with an empty disk answers
 * normally, and every copy of its points would be deleted. The operator decides first. Not
 * thread-safe.
 */
public final class DonorDataCheck {
  private static final String WORD = "truth";

  private final MigrationContext context;
  private final OperatorQuestion operator;

  /** For one step. */
  public DonorDataCheck(MigrationContext context) {
    this.context = context;
    this.operator = new OperatorQuestion(context.control());
  }

  /**
   * Returns if each donor has most of the points that the plan counted on it, or the operator has
   * approved.
   *
   * @param held how many points a donor has
   * @param otherwise what a retry lets happen to copies
   * @throws CollectionChanged after the operator's answer: earlier listings are outdated
   */
  public void check(List<Shard> donors, Held held, String otherwise)
      throws StepException, InterruptedException {
    for (Shard shard : donors) {
      long counted = context.plan().countedOn(shard.id());
      if (counted > 0 && !isApproved(shard) && isLost(counted, held.by(shard))) {
        ask(
            shard,
            shard.primaryUrl()
                + " has "
                + held.by(shard)
                + " points, and had "
                + counted
                + " when the migration was planned",
            otherwise);
        if (!isLost(counted, held.by(shard))) {
          context.control().approved().remove(shard.primaryUrl());
        }
        throw listAgain(shard);
      }
    }
  }

  /**
   * A donor that has its points may have listed no collections a moment ago.
   *
   * @throws CollectionChanged if nothing would be compared although there were points
   */
  public void checkListed(List<Shard> donors, List<ShardCollection> collections)
      throws StepException {
    for (Shard shard : collections.isEmpty() ? donors : List.<Shard>of()) {
      if (context.plan().countedOn(shard.id()) > 0 && !isApproved(shard)) {
        throw listAgain(shard);
      }
    }
  }

  private static CollectionChanged listAgain(Shard shard) {
    return new CollectionChanged(
        shard, "", shard.primaryUrl() + " was in doubt: its collections are listed again");
  }

  /** How many points a shard has. */
  public interface Held {
    long by(Shard shard) throws StepException, InterruptedException;
  }

  /** Clients delete points too, but hardly most of them during a migration. */
  private boolean isLost(long counted, long now) {
    return now == 0 || (now < counted / 2 && counted - now > context.settings().spillThreshold());
  }

  /** Whether the operator has approved what this donor reports. */
  public boolean isApproved(Shard donor) {
    return context.control().approved().contains(donor.primaryUrl());
  }

  /** Asks the operator, and returns when the donor is approved. */
  public void ask(Shard donor, String seen, String otherwise) throws InterruptedException {
    ask(donor.primaryUrl(), seen, otherwise, List.of(donor.primaryUrl()));
  }

  /**
   * Whether a collection that the donors have lost, or have without points, may be dropped on a
   * target.
   *
   * @param missing what is the matter with the donors
   */
  public boolean mayDrop(String collection, String url, long points, String missing)
      throws InterruptedException {
    String name = url + " " + collection;
    if (points == 0 || context.control().approved().contains(name)) {
      return true;
    }
    ask(
        name,
        missing + ", and " + url + " has " + points + " points of it",
        "retry drops it there as well",
        List.of());
    // The collection may have been restored instead.
    return false;
  }

  private void ask(String name, String seen, String otherwise, List<String> urls)
      throws InterruptedException {
    operator.ask(
        WORD,
        seen
            + ". If it has lost its data, restore that, then retry; if all is as it should be, "
            + otherwise
            + "; cancel?keep_copies=true takes the migration back and keeps the copies",
        urls);
    context.control().approved().add(name);
  }

  /** How many copies came from this donor, by the logged progress. */
  public long copiedFrom(Shard donor) {
    return context.migration().progress().parts().stream()
        .filter(part -> part.from() == donor.id())
        .mapToLong(MigrationPart::pointsDone)
        .sum();
  }
}
