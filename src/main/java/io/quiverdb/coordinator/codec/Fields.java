// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** A strict reader of one JSON object that knows its place in the document. */
final class Fields {
  private final ObjectNode object;
  private final String where;
  private final TreeSet<String> read = new TreeSet<>();

  private Fields(ObjectNode object, String where) {
    this.object = object;
    this.where = where;
  }

  /** Reads {@code bytes} as one JSON object. */
  static Fields parse(byte[] bytes) throws MalformedDocumentException {
    try {
      return of(Json.MAPPER.readTree(bytes), "");
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Reads {@code in} to its end as one JSON object. */
  static Fields parse(InputStream in) throws IOException, MalformedDocumentException {
    try {
      return of(Json.MAPPER.readTree(in), "");
    } catch (JsonProcessingException e) {
      throw broken(e);
    } catch (EOFException e) {
      throw new MalformedDocumentException(e.getMessage() + "", e);
    }
  }

  /** Reads {@code bytes} as one JSON object, or as an array of at least one. */
  static List<Fields> parseOneOrMore(byte[] bytes) throws MalformedDocumentException {
    JsonNode document;
    try {
      document = Json.MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw broken(e);
    }
    if (!document.isArray()) {
      return List.of(of(document, ""));
    }
    if (document.isEmpty()) {
      throw new MalformedDocumentException("the document: is an empty array");
    }
    List<Fields> objects = new ArrayList<>(document.size());
    for (JsonNode node : document) {
      objects.add(of(node, "[" + objects.size() + "]"));
    }
    return objects;
  }

  /**
   * An object at a place.
   *
   * @param where its path, such as {@code map.shards[2]}; empty for the document itself
   */
  static Fields of(JsonNode node, String where) throws MalformedDocumentException {
    if (node instanceof ObjectNode object) {
      return new Fields(object, where);
    }
    throw new MalformedDocumentException(
        (where.isEmpty() ? "the document" : where) + ": wanted a JSON object");
  }

  static MalformedDocumentException broken(IOException e) {
    return new MalformedDocumentException("no valid JSON: " + reason(e), e);
  }

  /** The parser's message, with line and column and without the document's text. */
  static String reason(IOException e) {
    if (e instanceof JsonProcessingException json && json.getLocation() != null) {
      return json.getOriginalMessage()
          + " at line "
          + json.getLocation().getLineNr()
          + ", column "
          + json.getLocation().getColumnNr();
    }
    return e.toString();
  }

  ObjectNode node() {
    return object;
  }

  Optional<JsonNode> find(String name) {
    read.add(name);
    return Optional.ofNullable(object.get(name)).filter(node -> !node.isNull());
  }

  JsonNode get(String name) throws MalformedDocumentException {
    Optional<JsonNode> node = find(name);
    if (node.isEmpty()) {
      throw new MalformedDocumentException(path(name) + ": is missing");
    }
    return node.get();
  }

  String text(String name) throws MalformedDocumentException {
    return text(get(name), path(name));
  }

  private static String text(JsonNode node, String where) throws MalformedDocumentException {
    if (!node.isTextual()) {
      throw new MalformedDocumentException(where + ": wanted a string");
    }
    return node.textValue();
  }

  long u64(String name) throws MalformedDocumentException {
    return u64(get(name), path(name));
  }

  private static long u64(JsonNode node, String where) throws MalformedDocumentException {
    if (!node.isIntegralNumber() || !Json.isU64(node.bigIntegerValue())) {
      throw new MalformedDocumentException(where + ": wanted an unsigned 64-bit number");
    }
    return node.bigIntegerValue().longValue();
  }

  long u64Or(String name, long absent) throws MalformedDocumentException {
    Optional<JsonNode> node = find(name);
    return node.isPresent() ? u64(node.get(), path(name)) : absent;
  }

  /** A signed number: a time. */
  long i64(String name) throws MalformedDocumentException {
    JsonNode node = get(name);
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new MalformedDocumentException(path(name) + ": wanted a 64-bit number");
    }
    return node.longValue();
  }

  int i32(String name) throws MalformedDocumentException {
    JsonNode node = get(name);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new MalformedDocumentException(path(name) + ": wanted a small whole number");
    }
    return node.intValue();
  }

  Fields object(String name) throws MalformedDocumentException {
    return of(get(name), path(name));
  }

  /** The elements with their paths; none if the array is absent. */
  List<Element> elements(String name) throws MalformedDocumentException {
    Optional<JsonNode> array = find(name);
    if (array.isEmpty()) {
      return List.of();
    }
    if (!array.get().isArray()) {
      throw new MalformedDocumentException(path(name) + ": wanted an array");
    }
    List<Element> elements = new ArrayList<>(array.get().size());
    for (JsonNode node : array.get()) {
      elements.add(new Element(node, path(name) + "[" + elements.size() + "]"));
    }
    return elements;
  }

  List<String> texts(String name) throws MalformedDocumentException {
    List<String> texts = new ArrayList<>();
    for (Element element : elements(name)) {
      texts.add(text(element.node(), element.where()));
    }
    return texts;
  }

  List<Long> u64s(String name) throws MalformedDocumentException {
    List<Long> numbers = new ArrayList<>();
    for (Element element : elements(name)) {
      numbers.add(u64(element.node(), element.where()));
    }
    return numbers;
  }

  /** Refuses fields that were not read. */
  void nothingElse() throws MalformedDocumentException {
    for (String name : (Iterable<String>) object::fieldNames) {
      if (!read.contains(name)) {
        throw new MalformedDocumentException(path(name) + ": this field is not known");
      }
    }
  }

  private String path(String name) {
    return where.isEmpty() ? name : where + "." + name;
  }

  /** An element of an array and its path. */
  record Element(JsonNode node, String where) {}
}
