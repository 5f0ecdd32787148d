// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweptShard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A sweep as operators see it (docs/rest.md); written only. */
public final class SweepJson {
  private SweepJson() {}

  /** The sweep as a tree; what it does not have yet is {@code null}. */
  static ObjectNode toJson(Sweep sweep) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("state", sweep.state().wireName());
    node.set("spill_limit", JsonValues.u64(sweep.spillLimit()));
    node.put("started_at", JsonValues.time(sweep.startedMillis()));
    node.set("finished_at", JsonValues.timeOrNull(sweep.finishedMillis()));
    node.put("error", sweep.error().orElse(null));
    node.put("waiting_for", sweep.waitingFor().orElse(null));
    write(node, sweep.rows(), sweep.others());
    return node;
  }

  /** What a sweep of a check would do, by its report. */
  public static ObjectNode dryRun(CheckReport report) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("accepted", true);
    List<SweptShard> rows =
        report.rows().stream()
            .filter(CheckedShard::hasStrays)
            .map(row -> new SweptShard(row.collection(), row.shardId(), row.strays()))
            .toList();
    write(node, rows, report.others().strays());
    return node;
  }

  private static void write(ObjectNode node, List<SweptShard> rows, StrayCounts others) {
    counts(node, rows.stream().map(SweptShard::removed).reduce(others, StrayCounts::plus));
    ArrayNode collections = node.putArray("collections");
    Map<String, ArrayNode> shards = new LinkedHashMap<>();
    for (SweptShard row : rows) {
      ObjectNode shard =
          shards
              .computeIfAbsent(
                  row.collection(),
                  name -> collections.addObject().put("name", name).putArray("shards"))
              .addObject();
      shard.set("id", JsonValues.u64(row.shardId()));
      counts(shard, row.removed());
    }
    counts(node.putObject("others"), others);
  }

  private static void counts(ObjectNode node, StrayCounts removed) {
    node.set("removed", JsonValues.u64(removed.total()));
    node.set("spilled", JsonValues.u64(removed.differing() + removed.onlyCopy()));
  }
}
