// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.digest.Sha256;
import java.io.IOException;
import java.util.TreeSet;

/**
 * The backup: one JSON document with a checksum over its other fields.
 *
 * <p>The checksum is the SHA-256 of the compact JSON of the document without the checksum, with the
 * members of every object in the order of their names: the document may be pretty-printed and
 * sorted and still be restored.
 */
public final class BackupCodec {
  private static final String SCHEMA = "quiver_coordinator_backup";
  private static final int NEWEST = 1;
  private static final String CHECKSUM = "checksum";
  private static final String RECOVERED = "recovered";

  private BackupCodec() {}

  /**
   * The origin of a backup that was read from a data directory.
   *
   * @param committed the last log entry that is known to be committed
   * @param last the last log entry that it includes
   */
  public record Origin(long committed, long last) {}

  /**
   * Writes a backup.
   *
   * @param epochMillis when it was taken
   * @param node the member that took it
   */
  public static byte[] encode(BackupContent content, long epochMillis, String node) {
    return Json.bytes(signed(document(content, epochMillis, node)));
  }

  /**
   * Writes a backup that was read from a data directory.
   *
   * @param epochMillis when it was read
   * @param node the member whose directory it is
   */
  public static byte[] encode(BackupContent content, long epochMillis, String node, Origin origin) {
    ObjectNode document = document(content, epochMillis, node);
    document.putObject(RECOVERED).put("committed", origin.committed()).put("last", origin.last());
    return Json.bytes(signed(document));
  }

  private static ObjectNode signed(ObjectNode document) {
    return document.put(CHECKSUM, checksum(document));
  }

  private static ObjectNode document(BackupContent content, long epochMillis, String node) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put(SCHEMA, NEWEST);
    document.put("taken_at_ms", epochMillis);
    document.put("node", node);
    document.put("cluster_id", content.clusterId());
    document.set("map", ShardMapJson.toJson(content.map()));
    document.set("next_id", JsonValues.u64(content.nextId()));
    document.set("highest_version", JsonValues.u64(content.highestVersion()));
    document.set("routers", Json.MAPPER.valueToTree(content.routers()));
    return document;
  }

  /**
   * Reads a backup.
   *
   * @throws MalformedDocumentException that says what is wrong and where
   */
  public static BackupContent decode(byte[] bytes) throws MalformedDocumentException {
    JsonNode tree;
    try {
      tree = Json.MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw Fields.broken(e);
    }
    Fields fields = Fields.of(tree, "");
    int schema = fields.i32(SCHEMA);
    if (schema != NEWEST) {
      throw new MalformedDocumentException(
          SCHEMA + ": this build reads version " + NEWEST + ", the document is of " + schema);
    }
    String written = fields.text(CHECKSUM);
    String computed = checksum(((ObjectNode) tree).deepCopy().without(CHECKSUM));
    if (!written.equals(computed)) {
      throw new MalformedDocumentException(
          "checksum: is "
              + written
              + ", but the content's is "
              + computed
              + "; the document is damaged or was edited");
    }
    fields.i64("taken_at_ms");
    fields.text("node");
    if (fields.find(RECOVERED).isPresent()) {
      Fields origin = fields.object(RECOVERED);
      origin.i64("committed");
      origin.i64("last");
      origin.nothingElse();
    }
    BackupContent content =
        new BackupContent(
            fields.text("cluster_id"),
            ShardMapJson.fromJson(fields.get("map"), "map"),
            fields.u64("next_id"),
            fields.u64("highest_version"),
            fields.texts("routers"));
    fields.nothingElse();
    return content;
  }

  private static String checksum(JsonNode document) {
    return Sha256.text(Json.bytes(sorted(document)));
  }

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode sorted = Json.MAPPER.createObjectNode();
      TreeSet<String> names = new TreeSet<>();
      object.fieldNames().forEachRemaining(names::add);
      names.forEach(name -> sorted.set(name, sorted(object.get(name))));
      return sorted;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode elements = Json.MAPPER.createArrayNode();
      array.forEach(element -> elements.add(sorted(element)));
      return elements;
    }
    return node;
  }
}
