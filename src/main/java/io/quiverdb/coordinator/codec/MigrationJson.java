// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.PhaseEntry;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The JSON of a migration in REST (docs/rest.md). Snapshots have another form. */
public final class MigrationJson {
  /**
   * With more parts an answer would have megabytes, every second for each operator who watches a
   * migration.
   */
  private static final int MAX_PARTS = 4_096;

  private MigrationJson() {}

  /** The migration as a tree; what it does not have yet is {@code null}. */
  public static ObjectNode toJson(Migration migration) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("id", JsonValues.u64(migration.id()));
    node.put("kind", migration.plan().kind().wireName());
    node.set("shard_id", JsonValues.u64(migration.plan().shardId()));
    node.put("target_url", migration.plan().url());
    node.put("origin", migration.origin().wireName());
    node.put("phase", migration.phase().name());
    node.put("state", migration.state().wireName());
    node.put("reversible", migration.reversible());
    node.put("runner", migration.runner().node());
    node.put("term", migration.runner().term());
    node.put("started_at", JsonValues.time(migration.steps().get(0).epochMillis()));
    node.put("updated_at", JsonValues.time(migration.updatedMillis()));
    node.set("finished_at", JsonValues.timeOrNull(migration.finishedMillis()));
    ObjectNode versions = node.putObject("map_versions");
    versions.set("before", JsonValues.u64(migration.versionBefore()));
    versions.set("during", JsonValues.u64OrNull(migration.versionDuring()));
    versions.set("after", JsonValues.u64OrNull(migration.versionAfter()));
    node.put("router_adoption", migration.plan().adoptionAssumed() ? "assumed" : "observed");
    node.set("progress", progress(migration));
    node.set(
        "waiting_on",
        migration.waitingOn().<JsonNode>map(MigrationJson::waitingOn).orElse(NullNode.instance));
    node.set("throttle_points_per_second", JsonValues.u64(migration.throttlePointsPerSecond()));
    node.set("error", migration.error().<JsonNode>map(TextNode::valueOf).orElse(NullNode.instance));
    node.put("keep_copies", migration.keepCopies());
    ArrayNode skipped = node.putArray("skipped");
    migration.skipped().forEach(shard -> skipped.add(JsonValues.u64(shard)));
    node.set("left_dirty", Json.MAPPER.valueToTree(migration.leftDirty()));
    ArrayNode steps = node.putArray("steps");
    migration.steps().forEach(step -> steps.add(step(step)));
    return node;
  }

  private static ObjectNode progress(Migration migration) {
    MigrationProgress progress = migration.progress();
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("points_total", JsonValues.u64(progress.pointsTotal()));
    node.set("points_done", JsonValues.u64(progress.pointsDone()));
    node.set("bytes_done", JsonValues.u64(progress.bytesDone()));
    // A stalled migration keeps the rate of its last seconds in the record.
    long rate = migration.state() == MigrationState.RUNNING ? progress.pointsPerSecond() : 0;
    node.set("points_per_second", JsonValues.u64(rate));
    node.set("eta_seconds", JsonValues.u64OrNull(secondsLeft(progress, rate)));
    node.put("round", progress.round());
    ArrayNode parts = node.putArray("parts");
    shown(progress.parts()).forEach(part -> parts.add(part(part)));
    return node;
  }

  /** If there are very many parts: those in progress and some of the others. */
  private static Stream<MigrationPart> shown(List<MigrationPart> parts) {
    return parts.size() <= MAX_PARTS
        ? parts.stream()
        : Stream.concat(
                parts.stream().filter(part -> !part.done()),
                parts.stream().filter(MigrationPart::done))
            .limit(MAX_PARTS);
  }

  /** Rounded up; empty while nothing moves. */
  private static OptionalLong secondsLeft(MigrationProgress progress, long rate) {
    if (rate == 0) {
      return OptionalLong.empty();
    }
    if (Long.compareUnsigned(progress.pointsDone(), progress.pointsTotal()) >= 0) {
      return OptionalLong.of(0);
    }
    long left = progress.pointsTotal() - progress.pointsDone();
    long whole = Long.divideUnsigned(left, rate);
    return OptionalLong.of(Long.remainderUnsigned(left, rate) == 0 ? whole : whole + 1);
  }

  private static ObjectNode part(MigrationPart part) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("collection", part.collection());
    node.set("from", JsonValues.u64(part.from()));
    node.set("to", JsonValues.u64(part.to()));
    node.set("points_total", JsonValues.u64(part.pointsTotal()));
    node.set("points_done", JsonValues.u64(part.pointsDone()));
    return node;
  }

  private static ObjectNode waitingOn(WaitingOn waitingOn) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("what", waitingOn.what());
    node.put("detail", waitingOn.detail());
    node.put("since", JsonValues.time(waitingOn.sinceMillis()));
    node.set("attempts", JsonValues.u64(waitingOn.attempts()));
    node.set(
        "next_retry_at",
        JsonValues.timeOrNull(
            waitingOn.nextRetryMillis() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(waitingOn.nextRetryMillis())));
    return node;
  }

  private static ObjectNode step(PhaseEntry step) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("phase", step.phase().name());
    node.put("index", step.index());
    node.put("term", step.term());
    node.put("node", step.node());
    node.put("at", JsonValues.time(step.epochMillis()));
    return node;
  }
}
