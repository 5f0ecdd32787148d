// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The OpenAPI document, and its description of a request and its answer. In tests an object in an
 * answer has exactly the fields of the document: an undescribed field is a fault here, although
 * clients ignore it.
 */
public final class OpenApi {
  private static final String JSON_POINTER = "#/";
  private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  /** The document as it is. */
  static final ObjectNode DOCUMENT = read();

  private static final ObjectNode CLOSED = closed(DOCUMENT.deepCopy());

  private OpenApi() {}

  private static ObjectNode read() {
    try (InputStream in = ApiServer.class.getResourceAsStream("openapi.yaml")) {
      return (ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode closed(ObjectNode node) {
    if (node.has("properties") && !node.has("additionalProperties")) {
      node.put("additionalProperties", false);
    }
    for (JsonNode child : node) {
      if (child instanceof ObjectNode object) {
        closed(object);
      }
      if (child.isArray()) {
        child.forEach(
            element -> {
              if (element instanceof ObjectNode object) {
                closed(object);
              }
            });
      }
    }
    return node;
  }

  /** All operations by {@code METHOD /path}. */
  static Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new TreeMap<>();
    DOCUMENT
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue().properties().stream()
                    .filter(method -> METHODS.contains(method.getKey()))
                    .forEach(
                        method ->
                            operations.put(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                method.getValue())));
    return operations;
  }

  /** The names of an operation's parameters in this place, those of its path included. */
  static Set<String> parameters(String operation, String in) {
    String path = operation.split(" ", 2)[1];
    Set<String> names = new TreeSet<>();
    Stream.of(
            DOCUMENT.path("paths").path(path).path("parameters"),
            operations().get(operation).path("parameters"))
        .flatMap(list -> StreamSupport.stream(list.spliterator(), false))
        .map(parameter -> resolved(DOCUMENT, parameter))
        .filter(parameter -> parameter.path("in").asText().equals(in))
        .forEach(parameter -> names.add(parameter.path("name").asText()));
    return names;
  }

  private static JsonNode resolved(ObjectNode document, JsonNode node) {
    String ref = node.path("$ref").asText();
    return ref.startsWith(JSON_POINTER) ? document.at(ref.substring(1)) : node;
  }

  /** The operation that answers; empty for a route that is not described. */
  static Optional<String> operation(String method, String path) {
    String named = method.equals("HEAD") ? "GET" : method;
    if (DOCUMENT.path("paths").has(path)) {
      return Optional.of(named + " " + path).filter(operations()::containsKey);
    }
    return operations().keySet().stream()
        .filter(operation -> operation.startsWith(named + " "))
        .filter(
            operation -> path.matches(operation.split(" ", 2)[1].replaceAll("\\{[a-z]+}", "[^/]+")))
        .findFirst();
  }

  /**
   * Compares a request and its answer with the document, which does not describe answers from
   * before the route is known.
   *
   * @param target path and query
   * @param sent the request's body; empty: none
   * @param contentType of the answer; empty: none
   * @param body of the answer
   */
  public static void check(
      String method, String target, String sent, int status, String contentType, String body) {
    String path = target.replaceAll("\\?.*", "");
    Optional<String> found = operation(method, path);
    if (found.isEmpty()) {
      return;
    }
    String what = found.get() + " answered " + status;
    String at =
        "/paths/"
            + escaped(found.get().split(" ", 2)[1])
            + "/"
            + found.get().split(" ", 2)[0].toLowerCase(Locale.ROOT);
    JsonNode answer = CLOSED.at(at + "/responses/" + status);
    if (answer.isMissingNode()) {
      throw new AssertionError(what + ", which openapi.yaml does not say");
    }
    String response = at + "/responses/" + status;
    if (answer.has("$ref")) {
      response = answer.path("$ref").asText().substring(1);
    }
    holds(what, CLOSED.at(response).path("content"), response, contentType, body);
    if (status / 100 == 2 && !sent.isEmpty() && DOCUMENT.at(at).has("requestBody")) {
      valid(
          found.get() + " took a body",
          DOCUMENT,
          at + "/requestBody/content/application~1json/schema",
          sent);
    }
  }

  private static void holds(
      String what, JsonNode content, String response, String contentType, String body) {
    if (content.isMissingNode()) {
      if (!body.isEmpty()) {
        throw new AssertionError(what + " with a body, which openapi.yaml does not say");
      }
      return;
    }
    if (body.isEmpty()) {
      return; // a HEAD
    }
    String media = contentType.replaceAll(";.*", "");
    if (!content.has(media)) {
      throw new AssertionError(what + " with " + contentType + "; openapi.yaml says " + content);
    }
    if (media.endsWith("json")) {
      valid(what, CLOSED, response + "/content/" + escaped(media) + "/schema", body);
    }
  }

  private static void valid(String what, ObjectNode document, String pointer, String text) {
    Schema schema =
        SCHEMAS.computeIfAbsent(
            pointer + (document == CLOSED),
            key -> {
              ObjectNode root = document.at(pointer).deepCopy();
              root.set("components", document.path("components"));
              return REGISTRY.getSchema(root);
            });
    try {
      List<com.networknt.schema.Error> errors = schema.validate(new ObjectMapper().readTree(text));
      if (!errors.isEmpty()) {
        throw new AssertionError(what + ", not as in openapi.yaml: " + errors + " in " + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(what, e);
    }
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
