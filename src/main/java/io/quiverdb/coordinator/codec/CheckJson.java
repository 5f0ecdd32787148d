// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.StrayCounts;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A check of the data as operators see it (docs/rest.md); written only, snapshots have a form of
 * their own.
 */
public final class CheckJson {
  private CheckJson() {}

  /** The check as a tree; what it does not have yet is {@code null}. */
  public static ObjectNode toJson(DataCheck check) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("id", JsonValues.u64(check.id()));
    node.put("kind", check.kind().wireName());
    node.put("state", check.state().wireName());
    node.set("map_version", JsonValues.u64(check.mapVersion()));
    node.put("started_at", JsonValues.time(check.startedMillis()));
    node.set("finished_at", JsonValues.timeOrNull(check.finishedMillis()));
    node.put("error", check.error().orElse(null));
    write(node.putObject("result"), check.report());
    node.set("sweep", check.sweep().map(SweepJson::toJson).orElse(null));
    return node;
  }

  private static void write(ObjectNode result, CheckReport report) {
    result.set("points", JsonValues.u64(report.points()));
    result.set("strays", strays(report.strays()));
    ArrayNode collections = result.putArray("collections");
    Map<String, ArrayNode> shards = new LinkedHashMap<>();
    for (CheckedShard row : report.rows()) {
      shards
          .computeIfAbsent(
              row.collection(),
              name -> collections.addObject().put("name", name).putArray("shards"))
          .add(row(row));
    }
    ObjectNode others = result.putObject("others");
    others.set("rows", JsonValues.u64(report.others().rows()));
    others.set("points", JsonValues.u64(report.others().points()));
    others.set("owned", JsonValues.u64(report.others().owned()));
    others.set("strays", strays(report.others().strays()));
    result.set("left_out", Json.MAPPER.valueToTree(report.leftOut()));
  }

  private static ObjectNode row(CheckedShard row) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("id", JsonValues.u64(row.shardId()));
    node.set("points", JsonValues.u64(row.points()));
    node.set("owned", JsonValues.u64(row.owned()));
    node.set("strays", strays(row.strays()));
    node.set("samples", Json.MAPPER.valueToTree(row.samples()));
    return node;
  }

  private static ObjectNode strays(StrayCounts strays) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("same", JsonValues.u64(strays.same()));
    node.set("differing", JsonValues.u64(strays.differing()));
    node.set("only_copy", JsonValues.u64(strays.onlyCopy()));
    return node;
  }
}
