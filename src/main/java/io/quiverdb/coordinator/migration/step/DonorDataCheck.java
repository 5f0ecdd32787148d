package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.MovePart;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.List;

/**
 * Doubts whether the shards that hold the truth still have it: one that comes back without its disk
 * answers all questions, and says of every copy that it should not be there. Whatever would follow
 * from that waits for an operator's word. For one task at a time.
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
   * Returns if each of them has most of the points that the plan counted on it, or the operator has
   * said go on.
   *
   * @param held how many points one of them has
   * @param otherwise what a retry lets happen to copies
   * @throws CollectionChanged after the operator's word: what was listed before it counts for
   *     nothing
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
                + " when the move was planned",
            otherwise);
        if (!isLost(counted, held.by(shard))) {
          context.control().approved().remove(shard.primaryUrl());
        }
        throw listAgain(shard);
      }
    }
  }

  /**
   * A shard that has its points may have been listed without its collections a moment ago.
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

  /** Clients delete points too, but hardly most of them while a move goes on. */
  private boolean isLost(long counted, long now) {
    return now == 0 || (now < counted / 2 && counted - now > context.settings().spillThreshold());
  }

  /** Whether the operator has said go on to what this shard says. */
  public boolean isApproved(Shard donor) {
    return context.control().approved().contains(donor.primaryUrl());
  }

  /** Asks; afterwards it is approved. */
  public void ask(Shard donor, String seen, String otherwise) throws InterruptedException {
    ask(donor.primaryUrl(), seen, otherwise, List.of(donor.primaryUrl()));
  }

  /**
   * Whether a collection of which no donor has a point may be dropped where there are some.
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
    // Somebody may have brought it back instead.
    return false;
  }

  private void ask(String name, String seen, String otherwise, List<String> urls)
      throws InterruptedException {
    operator.ask(
        WORD,
        seen
            + ". If it has lost its data, restore that, then retry; if all is as it should be, "
            + otherwise
            + "; cancel?keep_copies=true takes the move back and keeps the copies",
        urls);
    context.control().approved().add(name);
  }

  /** How many copies came from this shard, as far as the log knows. */
  public long copiedFrom(Shard donor) {
    return context.migration().progress().parts().stream()
        .filter(part -> part.from() == donor.id())
        .mapToLong(MovePart::pointsDone)
        .sum();
  }
}
