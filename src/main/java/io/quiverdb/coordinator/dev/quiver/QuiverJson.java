// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema.FilterableField;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Match;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How Quiver writes its values on the wire, and how they are read from it. */
final class QuiverJson {
  private static final List<String> ENCRYPTIONS = List.of("none", "dcpe", "client_side");
  private static final List<String> FIELD_TYPES = List.of("keyword", "numeric");

  private QuiverJson() {}

  static CollectionSchema schema(JsonBody body) {
    long dim = body.number("dim");
    if (dim > 0xffff_ffffL) {
      throw QuiverError.unreadable(422, "the body has another shape: dim must have 32 bits");
    }
    return new CollectionSchema(
        body.text("name"),
        (int) Math.min(dim, Integer.MAX_VALUE),
        body.choiceOr("metric", Metric.L2),
        body.choiceOr("index", IndexKind.HNSW),
        body.get("pq_subspaces")
            .filter(node -> !node.isNull())
            .map(node -> (int) body.number("pq_subspaces")),
        body.objectsOrNone("filterable", QuiverJson::filterable),
        body.flagOr("multivector", false),
        body.wordOr("vector_encryption", ENCRYPTIONS),
        body.flagOr("binary", false));
  }

  private static FilterableField filterable(JsonBody field) {
    String path = field.text("path");
    if (field.get("field_type").isEmpty()) {
      field.text("field_type");
    }
    return new FilterableField(path, field.wordOr("field_type", FIELD_TYPES));
  }

  static Point point(JsonBody body) {
    return new Point(body.text("id"), body.vector("vector"), body.canonicalOrNull("payload"));
  }

  static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  static String points(List<Point> points) {
    StringBuilder out = new StringBuilder("{\"points\":[");
    for (Point point : points) {
      appendId(separate(out), point.id());
      out.append(",\"vector\":").append(point.vector().text());
      out.append(",\"payload\":").append(point.payload()).append('}');
    }
    return out.append("]}").toString();
  }

  static String page(List<Point> points, boolean withPayload, boolean withVector) {
    StringBuilder out = new StringBuilder("{\"points\":[");
    for (Point point : points) {
      appendId(separate(out), point.id());
      appendWanted(
          out,
          Optional.of(point.payload()).filter(p -> withPayload),
          Optional.of(point.vector()).filter(v -> withVector));
    }
    return out.append("]}").toString();
  }

  static String point(Point point) {
    StringBuilder out = appendId(new StringBuilder(), point.id());
    out.append(",\"vector\":").append(point.vector().text());
    return out.append(",\"payload\":").append(point.payload()).append('}').toString();
  }

  static String search(SearchRequest search) {
    return "{\"vector\":"
        + search.vector().text()
        + ",\"k\":"
        + search.k()
        + ",\"with_payload\":"
        + search.withPayload()
        + ",\"with_vector\":"
        + search.withVector()
        + "}";
  }

  static String matches(List<Match> matches) {
    StringBuilder out = new StringBuilder("{\"matches\":[");
    for (Match match : matches) {
      appendId(separate(out), match.id());
      CanonicalJson.appendFloat(out.append(",\"score\":"), match.score());
      appendWanted(out, match.payload(), match.vector());
    }
    return out.append("]}").toString();
  }

  private static void appendWanted(
      StringBuilder out, Optional<String> payload, Optional<FloatVector> vector) {
    payload.ifPresent(text -> out.append(",\"payload\":").append(text));
    vector.ifPresent(numbers -> out.append(",\"vector\":").append(numbers.text()));
    out.append('}');
  }

  private static StringBuilder appendId(StringBuilder out, String id) {
    CanonicalJson.appendString(out.append("{\"id\":"), id);
    return out;
  }

  private static StringBuilder separate(StringBuilder out) {
    return out.charAt(out.length() - 1) == '[' ? out : out.append(',');
  }

  static String ids(List<String> ids) {
    StringBuilder out = new StringBuilder("{\"ids\":[");
    ids.forEach(id -> CanonicalJson.appendString(separate(out), id));
    return out.append("]}").toString();
  }

  static String count(String what, long count) {
    return "{\"" + what + "\":" + count + "}";
  }

  static String collections(QuiverVersion version, List<CollectionInfo> all) {
    return all.stream()
        .map(info -> collection(version, info))
        .collect(Collectors.joining(",", "[", "]"));
  }

  static String collection(QuiverVersion version, CollectionInfo info) {
    CollectionSchema schema = info.schema();
    StringBuilder out = new StringBuilder("{\"name\":");
    CanonicalJson.appendString(out, schema.name());
    out.append(",\"dim\":").append(schema.dim());
    out.append(",\"metric\":\"").append(word(schema.metric()));
    out.append("\",\"count\":").append(info.count());
    out.append(",\"index\":\"").append(word(schema.index())).append('"');
    appendOptions(out, schema, "field_type");
    if (version.reportsIndexReady()) {
      out.append(",\"index_ready\":").append(info.indexReady());
    }
    return out.append('}').toString();
  }

  /** The body that a router sends to create a collection: what it drops and misnames included. */
  static String creation(CollectionSchema schema) {
    StringBuilder out = new StringBuilder("{\"name\":");
    CanonicalJson.appendString(out, schema.name());
    out.append(",\"dim\":").append(schema.dim());
    out.append(",\"metric\":\"").append(word(schema.metric()));
    out.append("\",\"index\":\"").append(word(schema.index())).append('"');
    appendOptions(out, schema, "type");
    return out.append('}').toString();
  }

  private static void appendOptions(
      StringBuilder out, CollectionSchema schema, String fieldTypeName) {
    schema.pqSubspaces().ifPresent(parts -> out.append(",\"pq_subspaces\":").append(parts));
    if (!schema.filterable().isEmpty()) {
      out.append(",\"filterable\":[");
      for (FilterableField field : schema.filterable()) {
        CanonicalJson.appendString(separate(out).append("{\"path\":"), field.path());
        out.append(",\"").append(fieldTypeName).append("\":\"").append(field.fieldType());
        out.append("\"}");
      }
      out.append(']');
    }
    if (schema.multivector()) {
      out.append(",\"multivector\":true");
    }
    if (!schema.vectorEncryption().equals(CollectionSchema.UNENCRYPTED)) {
      out.append(",\"vector_encryption\":\"").append(schema.vectorEncryption()).append('"');
    }
  }
}
