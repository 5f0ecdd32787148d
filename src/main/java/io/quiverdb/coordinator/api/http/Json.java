// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The JSON of answers. */
public final class Json {
  /** Writes answers. */
  public static final ObjectMapper MAPPER = new ObjectMapper();

  /** Reads the JSON of callers. */
  public static final ObjectMapper BODIES =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private Json() {}

  /** An object that {@code content} fills, as UTF-8. */
  public static byte[] bytes(Consumer<ObjectNode> content) {
    ObjectNode node = MAPPER.createObjectNode();
    content.accept(node);
    return bytes(node);
  }

  /** A tree as UTF-8. */
  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree must have a text", e);
    }
  }

  /** A plain value, or null. */
  public static JsonNode value(@Nullable Object value) {
    return MAPPER.valueToTree(value);
  }
}
