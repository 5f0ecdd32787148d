// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** A request's body, read completely before any route runs. */
public final class Body {
  static final String ATTRIBUTE = "quiver.body";
  private static final byte[] NONE = {};

  /** The parser's note that it hides the source; the position after it is kept. */
  private static final Pattern SOURCE = Pattern.compile("Source: REDACTED \\([^)]*\\); ");

  private final ObjectNode fields;

  private Body(ObjectNode fields) {
    this.fields = fields;
  }

  /** The bytes as they came; empty if there is no body. */
  public static byte[] bytes(Context ctx) {
    byte[] bytes = (byte[]) ctx.req().getAttribute(ATTRIBUTE);
    return bytes == null ? NONE : bytes;
  }

  /** The body as a JSON object. */
  public static Body json(Context ctx) {
    String type = Optional.ofNullable(ctx.req().getContentType()).orElse("");
    String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!media.equals("application/json")
        && !(media.startsWith("application/") && media.endsWith("+json"))) {
      throw new ApiException(Fault.WRONG_CONTENT_TYPE, "Content-Type: wanted application/json");
    }
    return parse(bytes(ctx));
  }

  /** The body as a JSON object; an empty object if there is no body. */
  public static Body optionalJson(Context ctx) {
    return bytes(ctx).length == 0 ? new Body(Json.MAPPER.createObjectNode()) : json(ctx);
  }

  private static Body parse(byte[] bytes) {
    notText(bytes)
        .ifPresent(
            what -> {
              throw new ApiException(Fault.BAD_REQUEST, "the body " + what);
            });
    JsonNode node;
    try {
      node = Json.BODIES.readTree(bytes);
    } catch (MismatchedInputException e) {
      throw new ApiException(Fault.WRONG_SHAPE, "the body: " + e.getOriginalMessage());
    } catch (JsonProcessingException e) {
      throw new ApiException(
          Fault.BAD_REQUEST,
          "the body is no valid JSON: " + SOURCE.matcher(e.getOriginalMessage()).replaceAll(""));
    } catch (IOException e) {
      throw new ApiException(Fault.BAD_REQUEST, "the body is no valid JSON");
    }
    if (node.isMissingNode()) {
      throw new ApiException(Fault.BAD_REQUEST, "the body is empty; wanted a JSON object");
    }
    if (!(node instanceof ObjectNode object)) {
      throw new ApiException(Fault.WRONG_SHAPE, "the body: wanted a JSON object");
    }
    return new Body(object);
  }

  /**
   * Detects encodings in which files are saved by accident: the parser would ignore some, or name
   * one byte.
   */
  private static Optional<String> notText(byte[] bytes) {
    if (begins(bytes, 0xEF, 0xBB, 0xBF)) {
      return Optional.of("begins with a byte order mark: save it as UTF-8 without one");
    }
    if (begins(bytes, 0xFE, 0xFF) || begins(bytes, 0xFF, 0xFE)) {
      return Optional.of("is UTF-16: save it as UTF-8");
    }
    return begins(bytes, 0x1F, 0x8B) ? Optional.of("is gzip: unpack it first") : Optional.empty();
  }

  private static boolean begins(byte[] bytes, int... first) {
    for (int i = 0; i < first.length; i++) {
      if (i >= bytes.length || Byte.toUnsignedInt(bytes[i]) != first[i]) {
        return false;
      }
    }
    return true;
  }

  /** A required text. */
  public String text(String name) {
    JsonNode node = fields.get(name);
    if (node == null) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": is missing");
    }
    if (!node.isTextual()) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": wanted a string");
    }
    return whole(name, node.textValue());
  }

  /** Refuses half a surrogate pair: it is no character, and could never be printed. */
  private static String whole(String name, String text) {
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw new ApiException(Fault.BAD_REQUEST, name + ": holds half a surrogate pair");
    }
    return text;
  }

  /** An optional text; may be missing or null. */
  public Optional<String> optionalText(String name) {
    JsonNode node = fields.get(name);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(text(name));
  }

  /** A whole number from 0 up, at most 2^63 - 1. */
  public long count(String name) {
    JsonNode node = fields.get(name);
    if (node == null) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": is missing");
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": wanted a whole number from 0 up");
    }
    return node.longValue();
  }

  /** The same, if it is there. */
  public OptionalLong optionalCount(String name) {
    return fields.has(name) ? OptionalLong.of(count(name)) : OptionalLong.empty();
  }

  /** An array of strings that may be missing or null. */
  public Optional<List<String>> optionalTexts(String name) {
    JsonNode node = fields.get(name);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(texts(name));
  }

  /** An unsigned 64-bit number. */
  public long u64(String name) {
    JsonNode node = fields.get(name);
    if (node == null) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": is missing");
    }
    if (!node.isIntegralNumber()
        || node.bigIntegerValue().signum() < 0
        || node.bigIntegerValue().bitLength() > 64) {
      throw new ApiException(
          Fault.WRONG_SHAPE, name + ": wanted a whole number from 0 to 2^64 - 1");
    }
    return node.bigIntegerValue().longValue();
  }

  /** An object that may be missing or null. */
  public Optional<Body> optionalObject(String name) {
    JsonNode node = fields.get(name);
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    if (!(node instanceof ObjectNode object)) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": wanted an object");
    }
    return Optional.of(new Body(object));
  }

  /**
   * An array of objects that must be there.
   *
   * @param most how many there may be: the log takes no command with all that fit into a body
   */
  public List<Body> objects(String name, int most) {
    JsonNode node = fields.get(name);
    if (node == null || !node.isArray()) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": wanted an array of objects");
    }
    if (node.size() > most) {
      throw new RefusedException(
          new Rejected(Refusal.LIMIT_REACHED, name + ": wanted at most " + most, 0),
          false,
          false,
          OptionalLong.empty());
    }
    List<Body> objects = new ArrayList<>();
    for (JsonNode element : node) {
      if (!(element instanceof ObjectNode object)) {
        throw new ApiException(
            Fault.WRONG_SHAPE, name + "[" + objects.size() + "]: wanted an object");
      }
      objects.add(new Body(object));
    }
    return objects;
  }

  /** An array of strings; none if it is absent. */
  public List<String> texts(String name) {
    JsonNode node = fields.get(name);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()) {
      throw new ApiException(Fault.WRONG_SHAPE, name + ": wanted an array of strings");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isTextual()) {
        throw new ApiException(Fault.WRONG_SHAPE, name + "[" + texts.size() + "]: wanted a string");
      }
      texts.add(whole(name, element.textValue()));
    }
    return texts;
  }
}
