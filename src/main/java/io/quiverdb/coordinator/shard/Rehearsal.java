package io.quiverdb.coordinator.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Takes made-up pages apart and puts them together again. A JVM interprets what it has seldom done;
 * a copy would be over before it is compiled, and the compiler would take the cores that the shards
 * need then. While a move waits for routers nobody needs them.
 */
public final class Rehearsal {
  private static final int PASSES = 60;
  private static final int ROWS = 1_000;
  private static final int DIMENSIONS = 64;
  private static final int PIECE_BYTES = 16 << 10;

  private Rehearsal() {}

  /**
   * Rehearses for less than a second, on one core and with some MiB of memory.
   *
   * @return how many bytes went through
   */
  public static long run() {
    byte[] page = page();
    long bytes = 0;
    try {
      for (int pass = 0; pass < PASSES; pass++) {
        List<Row> rows = taken(page, pass % 4);
        List<Row> copies = taken(PointsBody.of(rows), 4);
        for (int i = 0; i < rows.size(); i++) {
          if (!rows.get(i).sameContent(copies.get(i))) {
            throw new IllegalStateException("a row is not what it was: " + rows.get(i).id());
          }
        }
        bytes += page.length;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a page that was made up is none", e);
    }
    return bytes;
  }

  /** In pieces, as a connection brings it; a quarter of it is wanted, or all with {@code 4}. */
  private static List<Row> taken(byte[] page, int quarter) throws IOException {
    PageReader reader =
        new PageReader(2 * page.length, id -> quarter == 4 || (id.hashCode() & 3) == quarter);
    for (int at = 0; at < page.length; at += PIECE_BYTES) {
      reader.take(ByteBuffer.wrap(page, at, Math.min(PIECE_BYTES, page.length - at)));
    }
    return reader.end().rows();
  }

  /**
   * Points of every kind: what a compiler has not seen it takes for impossible, and it begins anew
   * when that comes.
   */
  private static byte[] page() {
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
