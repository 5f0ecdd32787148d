// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.migration.points.StrayScan;
import io.quiverdb.coordinator.migration.schema.AliasProbe;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Compares all shards with the map, collection by collection in the order of the names, so that the
 * next leader can continue after the last finished one. Not thread-safe.
 */
final class Verification {
  /** The limit of restarts of a collection that a client keeps recreating. */
  private static final int MAX_ATTEMPTS = 3;

  private final StrayScan scan;
  private final ShardMap map;
  private final Findings findings;

  /**
   * For one check.
   *
   * @param findings collects the findings
   */
  Verification(StrayScan scan, ShardMap map, Findings findings) {
    this.scan = scan;
    this.map = map;
    this.findings = findings;
  }

  /** Compares all collections after {@code upTo}. */
  void run(Optional<String> upTo) throws StepException, InterruptedException {
    NavigableMap<String, Map<Shard, ShardCollection>> listed = listed();
    for (var one : upTo.map(last -> listed.tailMap(last, false)).orElse(listed).entrySet()) {
      verify(one.getKey(), one.getValue());
      findings.through(one.getKey());
    }
    findings.flush();
  }

  private NavigableMap<String, Map<Shard, ShardCollection>> listed()
      throws StepException, InterruptedException {
    NavigableMap<String, Map<Shard, ShardCollection>> listed = new TreeMap<>();
    for (Shard shard : map.shards()) {
      for (ShardCollection collection : scan.collections(shard)) {
        if (!AliasProbe.isProbe(collection.name())) {
          listed
              .computeIfAbsent(collection.name(), name -> new LinkedHashMap<>())
              .put(shard, collection);
        }
      }
    }
    return listed;
  }

  private void verify(String name, Map<Shard, ShardCollection> holders)
      throws StepException, InterruptedException {
    boolean hasNoListing = holders.values().stream().anyMatch(ShardCollection::multivector);
    if (hasNoListing || name.length() > CheckReport.MAX_NAME) {
      findings.leftOut(name);
      return;
    }
    Map<Shard, ShardCollection> now = holders;
    for (int attempt = 1; true; attempt++) {
      try {
        rows(now).forEach(findings::found);
        return;
      } catch (CollectionChanged e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
        now = listed().getOrDefault(name, Map.of());
      }
    }
  }

  /** The first look at all shards, then the second one: they wait together. */
  private List<CheckedShard> rows(Map<Shard, ShardCollection> holders)
      throws StepException, InterruptedException {
    List<StrayScan.Pass> passes = new ArrayList<>();
    for (Map.Entry<Shard, ShardCollection> holder : holders.entrySet()) {
      passes.add(scan.first(holder.getKey(), holder.getValue(), holders.size()));
    }
    List<CheckedShard> rows = new ArrayList<>();
    for (StrayScan.Pass pass : passes) {
      rows.add(pass.second());
    }
    return rows;
  }
}
