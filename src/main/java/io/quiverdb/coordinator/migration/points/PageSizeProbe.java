// SPDX-License-Identifier: Apache-2.0
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
 * Reads the first rows of every listing while the migration waits for routers, so that the copy
 * starts with good page sizes. An optimisation only: the copy learns what the probe has missed. Not
 * thread-safe.
 */
final class PageSizeProbe {
  private static final Logger LOG = LoggerFactory.getLogger(PageSizeProbe.class);

  /** A page of a larger collection would take so long that the wait for routers starts again. */
  private static final long MAX_POINTS = 1_000_000;

  /** Bytes of one page. */
  private static final int MAX_PAGE_BYTES = 4 << 20;

  private final MigrationContext context;
  private final PageSizes sizes;

  PageSizeProbe(MigrationContext context, PageSizes sizes) {
    this.context = context;
    this.sizes = sizes;
  }

  /** Probes all shards of the migration, one after the other, donors first. */
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
