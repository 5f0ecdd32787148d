package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardPage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first rows of every listing while a move waits for routers: how large pages may be
 * is known when the copy begins. Only to be quick: what it does not come to, or cannot read, the
 * copy finds out itself. For one task.
 */
final class Survey {
  private static final Logger LOG = LoggerFactory.getLogger(Survey.class);

  private final Move move;
  private final PageSizes sizes;

  Survey(Move move, PageSizes sizes) {
    this.move = move;
    this.sizes = sizes;
  }

  /** Looks at all shards of the move, one after the other. */
  void run() throws InterruptedException {
    Slice slice = Slice.of(move.control().migration().plan(), move.control().map());
    for (Shard shard : slice.shards()) {
      try {
        for (ShardCollection collection : move.shards().collections(shard.primaryUrl())) {
          look(slice, shard, collection);
        }
      } catch (ShardException e) {
        LOG.debug("not surveyed", e);
      }
    }
  }

  private void look(Slice slice, Shard shard, ShardCollection collection)
      throws ShardException, InterruptedException {
    if (collection.count() == 0 || sizes.know(shard, collection.name())) {
      return;
    }
    ShardApi shards = move.shards();
    int limit =
        Math.min(shards.fetchLimit(shard.primaryUrl(), collection.name()), PageSizes.FIRST_ROWS);
    ShardPage page =
        shards.fetch(
            shard.primaryUrl(),
            collection.name(),
            0,
            limit,
            Scan.mostBytes(slice.shards().size()),
            slice.judgedOn(shard, slice.partners()));
    sizes.learn(shard, collection.name(), page, limit);
  }
}
