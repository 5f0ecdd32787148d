// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/** Answers of a shard as one could come: any keys, any payload, any way to write them down. */
final class RandomJson {
  private static final int[] CHARACTERS = {
    'a', 'z', ' ', '/', '"', '\\', '\b', '\f', '\n', '\r', '\t', 1, 0x7f, 0x80, 0x7ff, 0x800,
    0x20ac, 0xd7ff, 0xe000, 0xffff, 0x1_0000, 0x1_f600, 0x10_ffff
  };
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "-0.0",
          "1",
          "1.0",
          "1.10",
          "-12.5e-3",
          "1E5",
          "1e+5",
          "0.1",
          "3.4028235e38",
          "18446744073709551615",
          "-9223372036854775809",
          "1.0e-45");

  private final Random random;
  private int rows;

  RandomJson(Random random) {
    this.random = random;
  }

  /** A fetch answer of up to 5 rows. */
  String page() {
    rows = 0;
    List<String> fields = new ArrayList<>();
    fields.add(field("points", list(random.nextInt(6), this::row)));
    if (random.nextBoolean()) {
      fields.add(field("next", value(2)));
    }
    return space() + object(fields) + space();
  }

  private String row() {
    List<String> fields = new ArrayList<>();
    // In the order of their ids, as a shard lists them.
    fields.add(field("id", "\"" + rows++ + string().substring(1)));
    fields.add(field("vector", list(random.nextInt(5), this::number)));
    if (random.nextInt(4) > 0) {
      fields.add(field("payload", value(3)));
    }
    if (random.nextInt(4) == 0) {
      fields.add(field("version" + random.nextInt(9), value(2)));
    }
    return object(fields);
  }

  /** Any value, nested up to {@code depth}. */
  String value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 5)) {
      case 0 -> "null";
      case 1 -> String.valueOf(random.nextBoolean());
      case 2 -> number();
      case 3, 4 -> string();
      case 5 -> list(random.nextInt(4), () -> value(depth - 1));
      default -> {
        List<String> fields = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          fields.add(field("k" + i, value(depth - 1)));
        }
        yield object(fields);
      }
    };
  }

  private String number() {
    return switch (random.nextInt(3)) {
      case 0 -> NUMBERS.get(random.nextInt(NUMBERS.size()));
      case 1 -> new BigInteger(100, random).toString();
      default -> Float.toString(random.nextFloat() - 0.5f);
    };
  }

  private String string() {
    return string(
        random.ints(random.nextInt(6), 0, CHARACTERS.length).map(i -> CHARACTERS[i]).toArray());
  }

  private String string(int... characters) {
    StringBuilder out = new StringBuilder("\"");
    for (int c : characters) {
      boolean must = c < ' ' || c == '"' || c == '\\';
      if (must || random.nextInt(4) == 0) {
        out.append(escaped(c));
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.append('"').toString();
  }

  private String escaped(int c) {
    int known = "\"\\/\b\f\n\r\t".indexOf(c);
    if (known >= 0 && random.nextBoolean()) {
      return "\\" + "\"\\/bfnrt".charAt(known);
    }
    StringBuilder out = new StringBuilder();
    for (char unit : Character.toChars(c)) {
      out.append(
          String.format(Locale.ROOT, random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) unit));
    }
    return out.toString();
  }

  private String field(String key, String value) {
    return string(key.chars().toArray()) + space() + ":" + space() + value;
  }

  private String object(List<String> fields) {
    Collections.shuffle(fields, random);
    return "{" + space() + String.join(space() + "," + space(), fields) + space() + "}";
  }

  private String list(int size, Supplier<String> element) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      elements.add(element.get());
    }
    return "[" + space() + String.join("," + space(), elements) + space() + "]";
  }

  private String space() {
    return List.of("", "", "", " ", "\n\t", "\r\n").get(random.nextInt(6));
  }
}
