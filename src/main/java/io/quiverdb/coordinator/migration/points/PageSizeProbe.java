package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PointSlice;
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
final class PageSizeProbe {
  private static final Logger LOG = LoggerFactory.getLogger(PageSizeProbe.class);

  /** A page of more would take a shard so long that the wait beside it begins again. */
  private static final long MAX_POINTS = 1_000_000;

  /** Of the rows of one page. */
  private static final int MAX_PAGE_BYTES = 4 << 20;

  private final MigrationContext context;
  private final PageSizes sizes;

  PageSizeProbe(MigrationContext context, PageSizes sizes) {
    this.context = context;
    this.sizes = sizes;
  }

  /** Looks at all shards of the move, one after the other: first at those that are read first. */
  void run() throws InterruptedException {
    sizes.forget();
    PointSlice slice = PointSlice.of(context);
    for (Shard shard : slice.shards()) {
      try {
        for (ShardCollection collection : context.shards().collections(shard.primaryUrl())) {
          look(slice, shard, collection);
        }
      } catch (ShardException e) {
        skipped(e);
      }
    }
  }

  private void look(PointSlice slice, Shard shard, ShardCollection collection)
      throws InterruptedException {
    if (collection.count() > MAX_POINTS) {
      return;
    }
    ShardApi shards = context.shards();
    String url = shard.primaryUrl();
    String name = collection.name();
    try {
      int limit = Math.min(shards.fetchLimit(url, name), PageSizes.FIRST_ROWS);
      if (collection.count() == 0) {
        return;
      }
      ShardPage page =
          shards.fetch(
              url, name, 0, limit, MAX_PAGE_BYTES, slice.judgedOn(shard, slice.otherShards()));
      sizes.learn(shard, name, page, limit);
    } catch (ShardException e) {
      skipped(e);
    }
  }

  private static void skipped(ShardException e) {
    LOG.debug("not surveyed: {}", e.getMessage());
  }
}
