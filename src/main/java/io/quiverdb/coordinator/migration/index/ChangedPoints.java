// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.index;

import io.quiverdb.coordinator.migration.step.LoggedParts;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.model.Shard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a migration has changed points, so that an index has to be rebuilt; from the logged
 * progress.
 */
public final class ChangedPoints {
  private ChangedPoints() {}

  /** On a joining shard: collections that are copied completely. */
  public static IndexBuildTrigger.Changes byCopies(MigrationContext context) {
    LoggedParts parts = LoggedParts.of(context);
    List<Shard> donors = MigrationShards.of(context).donors();
    return (url, collection) -> parts.isCopied(collection, donors) ? 1 : 0;
  }

  /** On donors and their replicas: points that are deleted there. */
  public static IndexBuildTrigger.Changes onDonors(MigrationContext context) {
    return points(context, MigrationShards.of(context).donors());
  }

  /**
   * On targets and their replicas. A joining shard has to answer every search; a remaining shard of
   * a drain only needs an index where points arrived.
   */
  static IndexBuildTrigger.Changes onTargets(MigrationContext context) {
    IndexBuildTrigger.Changes moved = points(context, MigrationShards.of(context).targets());
    boolean joins = context.grows();
    return joins ? (url, name) -> Math.max(1, moved.points(url, name)) : moved;
  }

  private static IndexBuildTrigger.Changes points(MigrationContext context, List<Shard> shards) {
    LoggedParts parts = LoggedParts.of(context);
    Map<String, Shard> byUrl = new HashMap<>();
    shards.forEach(shard -> shard.urls().forEach(url -> byUrl.put(url, shard)));
    return (url, collection) ->
        Optional.ofNullable(byUrl.get(url)).map(s -> parts.points(s, collection)).orElse(0L);
  }
}
