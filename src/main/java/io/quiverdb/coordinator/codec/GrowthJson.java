// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.Growth;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.Standby;

/**
 * The growth policy as operators see it (docs/rest.md); written only, snapshots have a form of
 * their own.
 */
public final class GrowthJson {
  private GrowthJson() {}

  /** Version and policy as a tree; the policy is {@code null} if there never was one. */
  public static ObjectNode toJson(Growth growth) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("version", JsonValues.u64(growth.version()));
    node.set("policy", NullNode.instance);
    growth.policy().ifPresent(policy -> write(node.putObject("policy"), policy));
    return node;
  }

  private static void write(ObjectNode node, GrowthPolicy policy) {
    node.put("mode", policy.mode().wireName());
    node.set("high_water_points", JsonValues.u64(policy.highWaterPoints()));
    ArrayNode pool = node.putArray("standby");
    for (Standby standby : policy.standby()) {
      pool.add(standby(standby).put("failure", standby.failure().orElse(null)));
    }
    node.put("cooldown_seconds", policy.cooldownMillis() / 1_000);
    node.put("max_shards", policy.maxShards());
    node.put("interval_seconds", policy.intervalMillis() / 1_000);
  }

  /** The URLs of a standby. */
  public static ObjectNode standby(Standby standby) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("primary_url", standby.url());
    node.set("replica_urls", Json.MAPPER.valueToTree(standby.replicaUrls()));
    return node;
  }
}
