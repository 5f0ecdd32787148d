// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.model.Utf8Order;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON in the form that Quiver stores and prints: compact, keys in the byte order of UTF-8, 64-bit
 * integers unchanged, every other number as the shortest decimal of its double.
 */
final class CanonicalJson {
  private static final BigInteger LOWEST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger BEYOND = BigInteger.ONE.shiftLeft(64);

  /** Java's shortest decimal has at least two digits: 4.9E-324, where 5e-324 is enough. */
  private static final MathContext ONE_DIGIT = new MathContext(1, RoundingMode.HALF_EVEN);

  private static final String HEX = "0123456789abcdef";

  private CanonicalJson() {}

  /** The canonical text of a tree. */
  static String text(JsonNode node) {
    StringBuilder out = new StringBuilder();
    append(out, node);
    return out.toString();
  }

  private static void append(StringBuilder out, JsonNode node) {
    switch (node.getNodeType()) {
      case OBJECT -> appendObject(out, node);
      case ARRAY -> {
        out.append('[');
        for (int i = 0; i < node.size(); i++) {
          append(i == 0 ? out : out.append(','), node.get(i));
        }
        out.append(']');
      }
      case STRING -> appendString(out, node.textValue());
      case NUMBER -> appendNumber(out, node);
      case BOOLEAN -> out.append(node.booleanValue());
      default -> out.append("null");
    }
  }

  private static void appendObject(StringBuilder out, JsonNode node) {
    Map<String, JsonNode> sorted = new TreeMap<>(Utf8Order.INSTANCE);
    node.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
    out.append('{');
    String separator = "";
    for (Map.Entry<String, JsonNode> field : sorted.entrySet()) {
      appendString(out.append(separator), field.getKey());
      append(out.append(':'), field.getValue());
      separator = ",";
    }
    out.append('}');
  }

  private static void appendNumber(StringBuilder out, JsonNode number) {
    if (number.isIntegralNumber()) {
      BigInteger integer = number.bigIntegerValue();
      if (integer.compareTo(LOWEST) >= 0 && integer.compareTo(BEYOND) < 0) {
        out.append(integer);
        return;
      }
    }
    appendDouble(out, number.doubleValue());
  }

  static void appendDouble(StringBuilder out, double value) {
    if (appendedSpecial(out, value)) {
      return;
    }
    BigDecimal shortest = new BigDecimal(NumberOutput.toString(value, true)).stripTrailingZeros();
    BigDecimal digit = shortest.round(ONE_DIGIT);
    appendDecimal(out, digit.doubleValue() == value ? digit : shortest, 1e-5, 1e16);
  }

  static void appendFloat(StringBuilder out, float value) {
    if (appendedSpecial(out, value)) {
      return;
    }
    BigDecimal shortest = new BigDecimal(NumberOutput.toString(value, true)).stripTrailingZeros();
    BigDecimal digit = shortest.round(ONE_DIGIT);
    appendDecimal(out, digit.floatValue() == value ? digit : shortest, 1e-6, 1e13);
  }

  private static boolean appendedSpecial(StringBuilder out, double value) {
    if (!Double.isFinite(value)) {
      out.append("null");
    } else if (value == 0) {
      out.append(1 / value < 0 ? "-0.0" : "0.0");
    } else {
      return false;
    }
    return true;
  }

  private static void appendDecimal(StringBuilder out, BigDecimal value, double low, double high) {
    double size = Math.abs(value.doubleValue());
    if (size >= low && size < high) {
      String plain = value.toPlainString();
      out.append(plain).append(plain.indexOf('.') < 0 ? ".0" : "");
    } else {
      appendScientific(out, value);
    }
  }

  private static void appendScientific(StringBuilder out, BigDecimal decimal) {
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    out.append(decimal.signum() < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append(exponent < 0 ? "e" : "e+").append(exponent);
  }

  static void appendString(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
