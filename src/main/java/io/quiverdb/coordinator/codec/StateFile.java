// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;

/**
 * The state file of Quiver's single-node coordinator, releases 0.27.0 to 1.1.0.
 *
 * @param nextId the next shard id to hand out; unsigned; never below the map's own ids
 * @param map the map, {@code joining} and {@code leaving} included
 */
public record StateFile(long nextId, ShardMap map) {
  /**
   * Reads {@code {"next_id", "map"}}.
   *
   * @throws MalformedDocumentException that says what is wrong and where
   */
  public static StateFile read(byte[] bytes) throws MalformedDocumentException {
    Fields fields = Fields.parse(bytes);
    ShardMap map = ShardMapJson.fromJson(fields.get("map"), "map");
    long nextId = fields.u64Or("next_id", 0);
    fields.nothingElse();
    long free = map.lowestFreeId();
    return new StateFile(Unsigned.max(nextId, free), map);
  }
}
