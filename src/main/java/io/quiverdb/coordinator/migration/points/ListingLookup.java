// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Utf8Order;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardPage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Finds a point whose id does not fit into a URL by binary search in the listing, which is ordered
 * by ids. The listing changes meanwhile: a point is absent only if one page shows the place where
 * it would be. Not thread-safe.
 */
final class ListingLookup {
  /** Shards refuse URLs of 64 KiB, and each byte may take three there. */
  private static final int MAX_ID_BYTES = 20_000;

  private final DataCalls calls;
  private final Shard shard;
  private final String collection;

  ListingLookup(DataCalls calls, Shard shard, String collection) {
    this.calls = calls;
    this.shard = shard;
    this.collection = collection;
  }

  /** Whether the id does not fit into a URL. */
  static boolean isNeeded(String id) {
    return id.isEmpty()
        || (id.length() > MAX_ID_BYTES / 3
            && id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES);
  }

  /** The point; empty if it is absent. */
  Optional<Row> find(String id) throws StepException, InterruptedException {
    while (true) {
      long at = Math.max(0, firstFrom(id) - 1);
      ShardPage page = page(at, id).listed();
      Optional<Row> row = page.rows().stream().findFirst();
      if (row.isPresent() || showsGap(page, at, id)) {
        return row;
      }
    }
  }

  /** The offset of the first id that is not smaller; an estimate, because the listing changes. */
  private long firstFrom(String id) throws StepException, InterruptedException {
    long low = 0;
    long high = id.isEmpty() ? 0 : calls.count(shard, collection);
    while (low < high) {
      long middle = (low + high) >>> 1;
      ShardPage page = page(middle, id).listed();
      if (page.count() > 0 && Utf8Order.INSTANCE.compare(page.first(), id) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean showsGap(ShardPage page, long at, String id) {
    boolean nothingBefore =
        at == 0 && (page.count() == 0 || Utf8Order.INSTANCE.compare(page.first(), id) > 0);
    boolean between =
        page.count() > 0
            && Utf8Order.INSTANCE.compare(page.first(), id) < 0
            && (page.count() < DataCalls.SMALLEST_PAGE
                || Utf8Order.INSTANCE.compare(page.last(), id) > 0);
    return nothingBefore || between;
  }

  private DataCalls.Page page(long at, String id) throws StepException, InterruptedException {
    return calls.page(
        shard, collection, at, DataCalls.SMALLEST_PAGE, ShardApi.PAGE_BYTES, 0, id::equals);
  }
}
