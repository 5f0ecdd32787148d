// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.ArrayList;
import java.util.List;

/** The JSON of the shard map as Quiver's routers read it (docs/quiver-contract.md). */
public final class ShardMapJson {
  private ShardMapJson() {}

  /** The map as a tree, fields in Quiver's order. */
  public static ObjectNode toJson(ShardMap map) {
    return Json.MAPPER.valueToTree(map);
  }

  /** The map as compact UTF-8 JSON, byte for byte as Quiver's own coordinator prints it. */
  public static byte[] toBytes(ShardMap map) {
    return Json.bytes(map);
  }

  /**
   * Reads a map; {@code version}, {@code joining}, {@code leaving} and {@code replica_urls}
   * default.
   *
   * @param where the map's path in its document, for messages
   * @throws MalformedDocumentException if a field is unknown, missing or of another type, or if the
   *     map breaks a rule of its own
   */
  public static ShardMap fromJson(JsonNode node, String where) throws MalformedDocumentException {
    Fields fields = Fields.of(node, where);
    List<Shard> shards = new ArrayList<>();
    fields.get("shards");
    for (Fields.Element element : fields.elements("shards")) {
      Fields shard = Fields.of(element.node(), element.where());
      shards.add(
          new Shard(shard.u64("id"), shard.text("primary_url"), shard.texts("replica_urls")));
      shard.nothingElse();
    }
    ShardMap map =
        new ShardMap(
            fields.u64Or("version", 0), shards, fields.u64s("joining"), fields.u64s("leaving"));
    fields.nothingElse();
    String prefix = where.isEmpty() ? "" : where + ".";
    if (map.violation().isPresent()) {
      throw new MalformedDocumentException(prefix + map.violation().get());
    }
    return map;
  }
}
