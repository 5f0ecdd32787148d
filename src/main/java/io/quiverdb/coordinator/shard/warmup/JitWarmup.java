// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard.warmup;

import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.NameLookups;
import io.quiverdb.coordinator.shard.HttpShardClient;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardPage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Copies synthetic pages over the loopback interface, like a migration. Otherwise the first copy
 * would run interpreted, and the compiler would compete with the shards for cores. While a
 * migration waits for routers, the cores are idle.
 */
public final class JitWarmup {
  private static final int PAGES = 600;
  private static final Duration MAX_TIME = Duration.ofSeconds(3);
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final String COLLECTION = "warmup";

  private JitWarmup() {}

  /**
   * Copies with the idle cores and a few MiB of memory.
   *
   * @param wait the available time; more than 3 s has no effect. The current page is copied to its
   *     end.
   * @return how many points were copied
   * @throws IOException if there is no loopback interface to listen on
   * @throws ShardException if a call to it failed
   */
  public static int run(Duration wait) throws IOException, ShardException, InterruptedException {
    Duration limit = Collections.min(List.of(wait, MAX_TIME));
    int points = 0;
    try (NameLookups names = new NameLookups();
        DirectHttp http = new DirectHttp(names, CALL, 1);
        WarmupShard shard = new WarmupShard()) {
      ShardApi shards =
          new HttpShardClient(
              http, Optional.empty(), CALL, () -> System.nanoTime() + CALL.toNanos());
      long end = System.nanoTime() + limit.toNanos();
      for (int page = 0; page < PAGES && end - System.nanoTime() > 0; page++) {
        points += copy(shards, shard, page % 4);
      }
    }
    return points;
  }

  /** A quarter of a page: the share of a fourth shard. */
  private static int copy(ShardApi shards, WarmupShard shard, int quarter)
      throws ShardException, InterruptedException {
    String url = shard.url();
    ShardPage listed =
        shards.fetch(
            url,
            COLLECTION,
            0,
            WarmupPage.ROWS,
            ShardApi.PAGE_BYTES,
            id -> (id.hashCode() & 3) == quarter);
    // The same list type as for real batches.
    List<Row> rows = new ArrayList<>(listed.rows());
    shards.upsert(url, COLLECTION, rows, Way.BULK);
    List<Row> copies = shard.written();
    for (int i = 0; i < rows.size(); i++) {
      if (!rows.get(i).sameContent(copies.get(i))) {
        throw new IllegalStateException("a row is not what it was: " + rows.get(i).id());
      }
    }
    return rows.size();
  }
}
