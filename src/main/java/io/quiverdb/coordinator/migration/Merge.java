package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One collection on several shards at once, id by id: scans side by side, each with a page or two
 * in memory. For one task at a time.
 */
final class Merge implements AutoCloseable {
  private final Map<Long, Head> heads = new LinkedHashMap<>();
  private String id = "";
  private boolean turned;
  private boolean begun;

  /**
   * Of the listings of these shards.
   *
   * @param wanted of a shard: which of its points are met
   */
  Merge(
      Move move,
      DataCalls calls,
      ShardCollection collection,
      List<Shard> shards,
      Function<Shard, Predicate<String>> wanted) {
    for (Shard shard : shards) {
      heads.put(
          shard.id(),
          new Head(
              Scan.ahead(
                  calls,
                  move.tasks(),
                  shard,
                  collection.name(),
                  shards.size(),
                  wanted.apply(shard))));
    }
    heads.values().forEach(Head::begin);
  }

  /** Goes on to the smallest id that is left; false at the end. */
  boolean next() throws StepFailed, CollectionChanged, InterruptedException {
    turned = false;
    if (begun) {
      leave();
    }
    begun = true;
    @Nullable String smallest = null;
    for (Head head : heads.values()) {
      Row row = head.row();
      if (row != null && (smallest == null || Utf8Order.INSTANCE.compare(row.id(), smallest) < 0)) {
        smallest = row.id();
      }
    }
    id = smallest == null ? "" : smallest;
    return smallest != null;
  }

  private void leave() throws StepFailed, CollectionChanged, InterruptedException {
    for (Head head : heads.values()) {
      if (head.at(id) != null) {
        head.advance();
        turned |= head.isAtPageEnd();
      }
    }
  }

  /** The id. */
  String id() {
    return id;
  }

  /** What a shard has under the id; null if nothing. */
  @Nullable Row on(Shard shard) throws StepFailed, CollectionChanged, InterruptedException {
    Head head = heads.get(shard.id());
    return head == null ? null : head.at(id);
  }

  /** Whether the step to this id has left a page behind. */
  boolean turned() {
    return turned;
  }

  /** Where the page that a shard's scan is in stands in the listing. */
  long offset(Shard shard) {
    Head head = heads.get(shard.id());
    return head == null ? 0 : head.offset();
  }

  @Override
  public void close() {
    heads.values().forEach(Head::close);
  }
}
