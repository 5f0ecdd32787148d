// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The JSON documents of a shard, except points (docs/quiver-contract.md). */
final class ShardJson {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private static final ObjectReader ONE_OF_SEVERAL =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** The fields of a collection that are not part of its schema. */
  private static final Set<String> NOT_OF_THE_SCHEMA = Set.of("count", "index_ready");

  private static final String QUANTISED_ON_REQUEST = "disk_vamana";

  private ShardJson() {}

  static List<ShardCollection> collections(byte[] answer) throws IOException {
    List<ShardCollection> collections = new ArrayList<>();
    // One by one: the tree of a long listing would take many times its bytes.
    try (JsonParser parser = MAPPER.createParser(answer)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new MalformedAnswerException("no array of collections");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        collections.add(collection(ONE_OF_SEVERAL.readTree(parser)));
      }
      if (parser.nextToken() != null) {
        throw new MalformedAnswerException("there is data after the array of collections");
      }
    }
    return collections;
  }

  private static ShardCollection collection(JsonNode node) throws IOException {
    if (!(node instanceof ObjectNode object)) {
      throw new MalformedAnswerException("a collection that is no object");
    }
    return new ShardCollection(
        text(object, "name"),
        count(object, "count"),
        text(object, "index"),
        flag(object, "multivector").orElse(false),
        flag(object, "index_ready"),
        schema(object));
  }

  /**
   * Removes fields that are null: a create treats a missing field the same, but refuses some nulls.
   */
  private static String schema(ObjectNode listed) throws JsonProcessingException {
    ObjectNode schema = listed.deepCopy();
    schema.remove(NOT_OF_THE_SCHEMA);
    schema.removeNulls();
    return MAPPER.writeValueAsString(MAPPER.treeToValue(schema, Object.class));
  }

  /** The body that creates a collection. */
  static byte[] creation(ShardCollection like, Optional<Boolean> binary) {
    if (binary.isEmpty() || !like.index().equals(QUANTISED_ON_REQUEST)) {
      return like.schema().getBytes(StandardCharsets.UTF_8);
    }
    try {
      ObjectNode schema = (ObjectNode) MAPPER.readTree(like.schema());
      return bytes(schema.put("binary", binary.get()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a schema that is no JSON: " + like.schema(), e);
    }
  }

  /** The body that deletes points. */
  static byte[] ids(List<String> ids) {
    return bytes(Map.of("ids", ids));
  }

  /** The body that asks for a snapshot. */
  static byte[] destination(String directory) {
    return bytes(Map.of("destination", directory));
  }

  static WrittenSnapshot snapshot(byte[] answer) throws IOException {
    JsonNode written = object(answer);
    return new WrittenSnapshot(
        count(written, "manifest_version"), count(written, "files"), count(written, "bytes"));
  }

  private static byte[] bytes(Object document) {
    try {
      return MAPPER.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(document + " cannot be written as JSON", e);
    }
  }

  /** The ids in {@code {"matches": [{"id": ...}, ...]}}. */
  static List<String> matches(byte[] answer) throws IOException {
    JsonNode matches = object(answer).path("matches");
    if (!matches.isArray()) {
      throw new MalformedAnswerException("no matches");
    }
    List<String> ids = new ArrayList<>();
    for (JsonNode match : matches) {
      ids.add(text(match, "id"));
    }
    return ids;
  }

  static JsonNode object(byte[] answer) throws IOException {
    JsonNode node = MAPPER.readTree(answer);
    if (!node.isObject()) {
      throw new MalformedAnswerException("no JSON object");
    }
    return node;
  }

  static String text(JsonNode object, String field) throws MalformedAnswerException {
    JsonNode node = object.path(field);
    if (!node.isTextual()) {
      throw new MalformedAnswerException("no text in \"" + field + "\"");
    }
    return node.textValue();
  }

  static long count(JsonNode object, String field) throws MalformedAnswerException {
    JsonNode node = object.path(field);
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw new MalformedAnswerException("no count in \"" + field + "\"");
    }
    return node.longValue();
  }

  static Optional<Boolean> flag(JsonNode object, String field) throws MalformedAnswerException {
    JsonNode node = object.path(field);
    if (!node.isBoolean() && !node.isMissingNode() && !node.isNull()) {
      throw new MalformedAnswerException("neither true nor false in \"" + field + "\"");
    }
    return node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty();
  }
}
