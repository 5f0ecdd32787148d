// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardSnapshot;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A backup of the cluster as operators see it (docs/rest.md); written only, snapshots of the state
 * have a form of their own.
 */
public final class ClusterBackupJson {
  private ClusterBackupJson() {}

  /** The backup as a tree; what it does not have yet is {@code null}. */
  public static ObjectNode toJson(ClusterBackup backup) {
    ObjectNode node = summary(backup);
    ArrayNode shards = node.putArray("shards");
    for (int i = 0; i < backup.shards().size(); i++) {
      Optional<ShardSnapshot> snapshot =
          i < backup.snapshots().size() ? Optional.of(backup.snapshots().get(i)) : Optional.empty();
      shards.add(shard(backup, backup.shards().get(i), snapshot));
    }
    return node;
  }

  /** The same without the shards: there may be thousands, each with a directory of 1 KiB. */
  public static ObjectNode summary(ClusterBackup backup) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("id", JsonValues.u64(backup.id()));
    node.put("state", backup.state().wireName());
    node.put("destination", backup.destination());
    node.put("directory", backup.directory());
    node.set("timeout_seconds", JsonValues.u64(backup.timeoutSeconds()));
    node.set("map_version", JsonValues.u64(backup.mapVersion()));
    node.put("started_at", JsonValues.time(backup.startedMillis()));
    node.set("finished_at", JsonValues.timeOrNull(backup.finishedMillis()));
    node.put("error", backup.error().orElse(null));
    node.put("shards_total", backup.shards().size());
    node.put("shards_done", backup.snapshots().size());
    return node;
  }

  private static ObjectNode shard(
      ClusterBackup backup, Shard shard, Optional<ShardSnapshot> snapshot) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("id", JsonValues.u64(shard.id()));
    node.put("primary_url", shard.primaryUrl());
    node.put("directory", backup.directory(shard.id()));
    OptionalLong taken = snapshot.stream().mapToLong(ShardSnapshot::takenMillis).findFirst();
    node.set("taken_at", JsonValues.timeOrNull(taken));
    node.set("answer", snapshot.map(ClusterBackupJson::answer).orElse(NullNode.instance));
    return node;
  }

  private static JsonNode answer(ShardSnapshot snapshot) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("manifest_version", JsonValues.u64(snapshot.manifestVersion()));
    node.set("files", JsonValues.u64(snapshot.files()));
    node.set("bytes", JsonValues.u64(snapshot.bytes()));
    return node;
  }
}
