// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value that can be compared: numbers exactly ({@code 1.50} equals {@code 15e-1}), keys in
 * any order. The negative zero of a float differs from zero, because a client may read either.
 * Immutable.
 */
final class JsonValue {
  private static final String NEGATIVE_ZERO = "-0";

  /** A map, list, string, {@link Numeral} or Boolean, or {@link JsonToken#VALUE_NULL}. */
  private final Object value;

  private record Numeral(Object exact) {}

  private JsonValue(Object value) {
    this.value = value;
  }

  /**
   * Reads a value.
   *
   * @return the value; one that equals no other if Jackson cannot read it
   */
  static JsonValue of(byte[] json) {
    try (JsonParser parser = ShardJson.MAPPER.createParser(json)) {
      parser.nextToken();
      return new JsonValue(read(parser));
    } catch (IOException | NumberFormatException e) {
      return new JsonValue(new Object());
    }
  }

  /**
   * Whether two values are equal with all keys in the same order. Reads both in parallel, so it
   * needs no memory for them. Also false if Jackson cannot read one of them.
   */
  static boolean sameInOrder(ByteSlice a, ByteSlice b) {
    try (JsonParser one = a.parser();
        JsonParser other = b.parser()) {
      while (true) {
        JsonToken token = one.nextToken();
        if (token != other.nextToken() && !(isNumber(one) && isNumber(other))) {
          return false;
        }
        if (token == null) {
          return true;
        }
        if (!sameScalar(one, other)) {
          return false;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  private static boolean isNumber(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return token != null && token.isNumeric();
  }

  private static boolean sameScalar(JsonParser one, JsonParser other) throws IOException {
    if (isNumber(one)) {
      return number(one.getText()).equals(number(other.getText()));
    }
    return switch (one.currentToken()) {
      case FIELD_NAME, VALUE_STRING -> one.getText().equals(other.getText());
      default -> true;
    };
  }

  private static Object read(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> JsonToken.VALUE_NULL;
    };
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> fields = new HashMap<>();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      fields.put(key, read(parser));
    }
    return fields;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(read(parser));
    }
    return elements;
  }

  private static Numeral number(String text) {
    BigDecimal exact = new BigDecimal(text);
    boolean negativeZero = exact.signum() == 0 && text.startsWith("-");
    return new Numeral(negativeZero ? NEGATIVE_ZERO : exact.stripTrailingZeros());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonValue json && value.equals(json.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }
}
