package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.migration.step.Parts;
import io.quiverdb.coordinator.migration.step.Sides;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Shard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a move has changed so much that an index is owed, by what is logged of its copy. */
public final class Changed {
  private Changed() {}

  /** On a shard that joins: whatever is copied there as a whole. */
  public static IndexMinder.Changes byCopies(Move move) {
    Parts parts = Parts.of(move);
    List<Shard> donors = Sides.of(move).donors();
    return (url, collection) -> parts.isCopied(collection, donors) ? 1 : 0;
  }

  /** On donors and their replicas: what was moved off them is deleted there. */
  public static IndexMinder.Changes onDonors(Move move) {
    return points(move, Sides.of(move).donors());
  }

  /**
   * On targets and their replicas. A shard that joins is to answer whatever is searched for there;
   * a survivor of a drain goes on as before where nothing came.
   */
  static IndexMinder.Changes onTargets(Move move) {
    IndexMinder.Changes moved = points(move, Sides.of(move).targets());
    boolean joins = move.control().migration().plan().kind() == MigrationKind.GROW;
    return joins ? (url, name) -> Math.max(1, moved.points(url, name)) : moved;
  }

  private static IndexMinder.Changes points(Move move, List<Shard> shards) {
    Parts parts = Parts.of(move);
    Map<String, Shard> byUrl = new HashMap<>();
    shards.forEach(shard -> shard.urls().forEach(url -> byUrl.put(url, shard)));
    return (url, collection) ->
        Optional.ofNullable(byUrl.get(url)).map(s -> parts.points(s, collection)).orElse(0L);
  }
}
