// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.check;

import io.quiverdb.coordinator.migration.points.StrayScan;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.ShardCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares all shards with the map, collection by collection in the order of the names, so that the
 * next leader can continue after the last finished one. Not thread-safe.
 */
final class Verification {
  /** The limit of restarts of a collection that a client keeps recreating. */
  private static final int MAX_ATTEMPTS = 3;

  private final StrayScan scan;
  private final CollectionParts parts;
  private final Findings findings;

  /**
   * For one check.
   *
   * @param findings collects the findings
   */
  Verification(StrayScan scan, ShardMap map, Findings findings) {
    this.scan = scan;
    this.parts = new CollectionParts(map, scan::collections);
    this.findings = findings;
  }

  /** Compares all collections after {@code upTo}. */
  void run(Optional<String> upTo) throws StepException, InterruptedException {
    Optional<String> through = upTo;
    CollectionParts.Part part;
    do {
      part = parts.after(through);
      for (var one : part.byName().entrySet()) {
        verify(one.getKey(), one.getValue());
        findings.through(one.getKey());
        through = Optional.of(one.getKey());
      }
    } while (!part.last());
    findings.flush();
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
        now = parts.holders(name);
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
