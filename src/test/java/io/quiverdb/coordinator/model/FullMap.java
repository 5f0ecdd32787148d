// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;

/** The largest map that the limits allow, and the largest list of routers. */
public final class FullMap {
  private FullMap() {}

  /**
   * So many shards that no further URL of this length fits, all but the last one with 16 replicas;
   * the first has fewer, and takes what is left.
   */
  public static ShardMap map() {
    List<Shard> shards = new ArrayList<>();
    for (long id = 0; MapSize.fits(shards); id++) {
      shards.add(shard(id, id == 0 ? 12 : 16));
    }
    shards.remove(shards.size() - 1);
    int last = shards.size();
    for (int replicas = 16; replicas >= 0 && shards.size() == last; replicas--) {
      if (MapSize.fits(with(shards, shard(last, replicas)))) {
        shards.add(shard(last, replicas));
      }
    }
    for (int replicas = 13; replicas <= 15; replicas++) {
      List<Shard> longer = new ArrayList<>(shards);
      longer.set(0, shard(0, replicas));
      shards = MapSize.fits(longer) ? longer : shards;
    }
    return new ShardMap(1, shards, List.of(), List.of());
  }

  /** As many routers as there may be, with the longest URLs. */
  public static List<String> routers() {
    List<String> routers = new ArrayList<>();
    while (routers.size() < ClusterState.MAX_ROUTERS) {
      String head = "http://127.0.0.1:1/" + routers.size() + "/";
      routers.add(head + "a".repeat(HttpUrl.MAX_LENGTH - head.length()));
    }
    return routers;
  }

  static String url(long id, int replica) {
    return "http://quiver-shard-%04d-%d.shards.vectors.svc.cluster.local:6333"
        .formatted(id, replica);
  }

  private static Shard shard(long id, int replicas) {
    List<String> urls = new ArrayList<>();
    while (urls.size() < replicas) {
      urls.add(url(id, urls.size() + 1));
    }
    return new Shard(id, url(id, 0), urls);
  }

  private static List<Shard> with(List<Shard> shards, Shard one) {
    List<Shard> longer = new ArrayList<>(shards);
    longer.add(one);
    return longer;
  }
}
