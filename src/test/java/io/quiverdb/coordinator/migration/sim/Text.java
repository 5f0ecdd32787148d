// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.stream.Collectors;

/** Short texts for traces. */
final class Text {
  private Text() {}

  static String of(ShardMap map) {
    return "v"
        + map.version()
        + map.shards().stream()
            .map(shard -> shard(map, shard))
            .collect(Collectors.joining(" ", "[", "]"));
  }

  private static String shard(ShardMap map, Shard shard) {
    String flag = map.isJoining(shard.id()) ? "+" : map.isLeaving(shard.id()) ? "-" : "";
    return flag + shard.id() + "=" + shard.primaryUrl().substring("http://".length());
  }

  static String of(Migration migration) {
    return migration.plan().kind()
        + " of "
        + migration.plan().url()
        + " in "
        + migration.phase()
        + ", "
        + migration.state()
        + ", waits for "
        + migration.waitingOn().map(on -> on.what() + ": " + on.detail()).orElse("nothing")
        + ", error "
        + migration.error()
        + ", round "
        + migration.progress().round();
  }

  static String seconds(long nanos) {
    return String.format(java.util.Locale.ROOT, "%.3f", nanos / 1e9);
  }
}
