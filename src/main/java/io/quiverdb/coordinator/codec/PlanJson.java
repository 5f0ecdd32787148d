// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.PlanStep;

/** A plan as operators see it (docs/rest.md); written only, snapshots have a form of their own. */
public final class PlanJson {
  private PlanJson() {}

  /** The plan as a tree; what it does not have yet is {@code null}. */
  public static ObjectNode toJson(ClusterPlan plan) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("id", JsonValues.u64(plan.id()));
    node.put("state", plan.state().wireName());
    ArrayNode steps = node.putArray("steps");
    plan.steps().forEach(step -> steps.add(step(step)));
    node.set("points_per_second", JsonValues.u64(plan.pointsPerSecond()));
    node.put("created_at", JsonValues.time(plan.createdMillis()));
    node.set("finished_at", JsonValues.timeOrNull(plan.finishedMillis()));
    node.put("error", plan.error().orElse(null));
    return node;
  }

  private static ObjectNode step(PlanStep step) {
    ObjectNode node = subject(step);
    node.put("state", step.state().wireName());
    node.set("migration", JsonValues.u64OrNull(step.migration()));
    return node;
  }

  /** What a step is about, without how it stands. */
  public static ObjectNode subject(PlanStep step) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("kind", step.kind().wireName());
    if (step.kind() == MigrationKind.GROW) {
      node.put("primary_url", step.url());
      node.set("replica_urls", Json.MAPPER.valueToTree(step.replicaUrls()));
    } else {
      node.set("shard_id", JsonValues.u64(step.shardId()));
    }
    return node;
  }
}
