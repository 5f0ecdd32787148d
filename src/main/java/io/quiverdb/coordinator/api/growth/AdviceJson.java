// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.growth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.codec.GrowthJson;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.model.Growth;
import io.quiverdb.coordinator.model.GrowthObstacle;
import java.util.Optional;
import java.util.OptionalLong;

/** The advice as operators see it (docs/rest.md). */
final class AdviceJson {
  private final ApiContext node;
  private final Growth growth;
  private final Optional<GrowthLooks.Attempt> attempt;

  AdviceJson(ApiContext node, Growth growth, Optional<GrowthLooks.Attempt> attempt) {
    this.node = node;
    this.growth = growth;
    this.attempt = attempt;
  }

  void write(ObjectNode body, GrowthAdvice advice) {
    body.put("node", node.id());
    body.put("at", JsonValues.time(node.clock().millis()));
    body.put("verdict", advice.verdict().wireName());
    body.put("summary", advice.summary());
    body.put("permitted", node.migrations().autoscale().wireName());
    body.put("looks", advice.looks());
    body.put("looks_wanted", GrowthAdvice.LOOKS);
    ArrayNode shards = body.putArray("shards");
    for (GrowthAdvice.SeenShard shard : advice.shards()) {
      ObjectNode row = shards.addObject();
      row.set("id", JsonValues.u64(shard.id()));
      row.set("points", JsonValues.u64OrNull(shard.points()));
      row.put("over", shard.over());
    }
    ArrayNode against = body.putArray("obstacles");
    for (GrowthObstacle obstacle : advice.obstacles()) {
      against
          .addObject()
          .put("kind", obstacle.kind().wireName())
          .put("detail", obstacle.detail())
          .put("lasting", obstacle.kind().isLasting());
    }
    body.set(
        "next_standby", growth.next().<JsonNode>map(GrowthJson::standby).orElse(Json.value(null)));
    body.put("cooldown_ends_at", cooldownEnd().orElse(null));
    body.set("last_attempt", Json.value(null));
    attempt.ifPresent(
        last ->
            body.putObject("last_attempt")
                .put("at", last.at())
                .put("primary_url", last.url())
                .put("error", last.error()));
  }

  /** By the wall clock of this member, for people: the rules go by the counted time. */
  private Optional<String> cooldownEnd() {
    OptionalLong end = growth.cooldownEndMillis();
    long left = end.orElse(0) - node.time().countedMillis();
    return end.isPresent() && left > 0
        ? Optional.of(JsonValues.time(node.clock().millis() + left))
        : Optional.empty();
  }
}
