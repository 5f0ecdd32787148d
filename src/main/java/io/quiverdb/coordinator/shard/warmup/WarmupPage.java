// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard.warmup;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A synthetic page of a listing; always the same. */
final class WarmupPage {
  static final int ROWS = 1_000;
  private static final int DIMENSIONS = 64;

  private WarmupPage() {}

  /**
   * Contains points of every kind: the JIT compiler would otherwise assume that the others never
   * occur, and deoptimise at the first one.
   */
  static byte[] bytes() {
    Random chance = new Random(1);
    StringBuilder json = new StringBuilder("{\"points\":[");
    for (int row = 0; row < ROWS; row++) {
      List<String> fields = new ArrayList<>();
      fields.add("\"id\":\"" + (ROWS + row) + text(chance) + '"');
      fields.add("\"vector\":" + vector(chance));
      switch (chance.nextInt(4)) {
        case 0 -> fields.add("\"payload\":" + value(chance, 3));
        case 1 -> fields.add("\"payload\":{\"" + text(chance) + "\":" + value(chance, 2) + "}");
        case 2 -> fields.add("\"payload\": null");
        default -> {}
      }
      if (chance.nextInt(8) == 0) {
        fields.add("\"other\":" + value(chance, 1));
      }
      Collections.shuffle(fields, chance);
      json.append(row == 0 ? "{" : ",{").append(String.join(",", fields)).append('}');
    }
    return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String vector(Random chance) {
    StringBuilder numbers = new StringBuilder("[");
    for (int d = 0; d < DIMENSIONS; d++) {
      numbers.append(d == 0 ? "" : ",").append(number(chance));
    }
    return numbers.append(']').toString();
  }

  private static String number(Random chance) {
    return switch (chance.nextInt(32)) {
      case 0 -> "0.0";
      case 1 -> Integer.toString(chance.nextInt());
      case 2 -> Float.toString(chance.nextFloat() * 1e-9f);
      case 3 -> chance.nextInt(100) + "e+7";
      default -> Float.toString(chance.nextFloat() - 0.5f);
    };
  }

  private static String value(Random chance, int depth) {
    return switch (chance.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> "true";
      case 1 -> "false";
      case 2 -> "null";
      case 3 -> number(chance);
      case 4 -> '"' + text(chance) + '"';
      case 5 -> "[" + value(chance, depth - 1) + "," + value(chance, depth - 1) + "]";
      default -> "{\"n\":" + value(chance, depth - 1) + ", \"m\":" + value(chance, 0) + "}";
    };
  }

  private static String text(Random chance) {
    return switch (chance.nextInt(6)) {
      case 0 -> "\u00e9t\u00e9";
      case 1 -> "\ud83d\ude00 \u20ac";
      case 2 -> "a\\nb\\\"c\\u00e9";
      case 3 -> "";
      default -> "plain-" + chance.nextInt();
    };
  }
}
