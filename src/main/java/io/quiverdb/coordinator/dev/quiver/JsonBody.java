// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A JSON object from a client, read field by field. Invalid JSON is refused with 400, a wrong shape
 * with 422, another content type with 415; unknown fields are ignored.
 */
final class JsonBody {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final JsonNode object;
  private final String where;

  private JsonBody(JsonNode object, String where) {
    this.object = object;
    this.where = where;
  }

  /** The body of a request that must carry one. */
  static JsonBody of(QuiverRequest request) {
    String type =
        request
            .contentType()
            .map(t -> t.split(";", 2)[0].strip())
            .orElse("")
            .toLowerCase(Locale.ROOT);
    if (!type.equals("application/json")
        && !(type.startsWith("application/") && type.endsWith("+json"))) {
      throw QuiverError.unreadable(415, "the body's content type must be application/json");
    }
    try {
      JsonNode tree = MAPPER.readTree(request.body());
      if (tree.isMissingNode()) {
        throw QuiverError.unreadable(400, "the body is empty where JSON was expected");
      }
      return object(tree, "the body");
    } catch (JsonProcessingException e) {
      throw QuiverError.unreadable(400, "the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("reading from an array of bytes", e);
    }
  }

  /** The tree of a text that another node sent. */
  static JsonNode parse(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /**
   * Checks only stored values: numbers beyond a double and half surrogate pairs are then invalid
   * JSON.
   */
  private static void checkValues(JsonNode node) {
    if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw QuiverError.unreadable(400, "the body is not JSON: a number is out of range");
    }
    if (node.isTextual() && hasLoneSurrogate(node.textValue())) {
      throw QuiverError.unreadable(400, "the body is not JSON: half of a surrogate pair");
    }
    node.forEach(JsonBody::checkValues);
  }

  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }

  private static JsonBody object(JsonNode node, String where) {
    if (!node.isObject()) {
      throw wrongShape(where, "an object");
    }
    return new JsonBody(node, where);
  }

  Optional<JsonNode> get(String field) {
    return Optional.ofNullable(object.get(field));
  }

  /** Any JSON, in canonical form; {@code null} as text if the field is missing. */
  String canonicalOrNull(String field) {
    Optional<JsonNode> node = get(field);
    node.ifPresent(JsonBody::checkValues);
    return node.map(CanonicalJson::text).orElse("null");
  }

  String text(String field) {
    return text(required(field), path(field));
  }

  String textOr(String field, String fallback) {
    return get(field).map(node -> text(node, path(field))).orElse(fallback);
  }

  private static String text(JsonNode node, String where) {
    if (!node.isTextual()) {
      throw wrongShape(where, "a string");
    }
    checkValues(node);
    return node.textValue();
  }

  <E extends Enum<E>> E choiceOr(String field, E fallback) {
    Optional<JsonNode> node = get(field);
    if (node.isEmpty()) {
      return fallback;
    }
    String text = text(node.get(), path(field));
    for (E choice : fallback.getDeclaringClass().getEnumConstants()) {
      if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
        return choice;
      }
    }
    throw wrongShape(path(field), "one of the known words, not \"" + text + "\"");
  }

  String wordOr(String field, List<String> words) {
    String text = textOr(field, words.get(0));
    if (!words.contains(text)) {
      throw wrongShape(path(field), "one of " + words + ", not \"" + text + "\"");
    }
    return text;
  }

  boolean flagOr(String field, boolean fallback) {
    Optional<JsonNode> node = get(field);
    if (node.isPresent() && !node.get().isBoolean()) {
      throw wrongShape(path(field), "true or false");
    }
    return node.map(JsonNode::booleanValue).orElse(fallback);
  }

  long number(String field) {
    return number(required(field), path(field));
  }

  long numberOr(String field, long fallback) {
    return get(field).map(node -> number(node, path(field))).orElse(fallback);
  }

  private static long number(JsonNode node, String where) {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw wrongShape(where, "an integer of 0 or more");
    }
    return node.longValue();
  }

  FloatVector vector(String field) {
    JsonNode node = required(field);
    if (!node.isArray()) {
      throw wrongShape(path(field), "an array of numbers");
    }
    float[] numbers = new float[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!node.get(i).isNumber()) {
        throw wrongShape(path(field) + "[" + i + "]", "a number");
      }
      checkValues(node.get(i));
      numbers[i] = (float) node.get(i).doubleValue();
    }
    return FloatVector.of(numbers);
  }

  List<String> texts(String field) {
    return list(required(field), path(field), (node, place) -> text(node, place));
  }

  <T> List<T> objects(String field, Function<JsonBody, T> reader) {
    return list(required(field), path(field), (node, place) -> reader.apply(object(node, place)));
  }

  <T> List<T> objectsOrNone(String field, Function<JsonBody, T> reader) {
    return get(field).isPresent() ? objects(field, reader) : List.of();
  }

  private interface Element<T> {
    T read(JsonNode node, String where);
  }

  private static <T> List<T> list(JsonNode node, String where, Element<T> element) {
    if (!node.isArray()) {
      throw wrongShape(where, "an array");
    }
    List<T> list = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      list.add(element.read(node.get(i), where + "[" + i + "]"));
    }
    return list;
  }

  private JsonNode required(String field) {
    return get(field).orElseThrow(() -> wrongShape(path(field), "there"));
  }

  private String path(String field) {
    return where.equals("the body") ? field : where + "." + field;
  }

  private static QuiverError wrongShape(String where, String wanted) {
    return QuiverError.unreadable(
        422, "the body has another shape: " + where + " must be " + wanted);
  }
}
