// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The body that writes points: {@code {"points":[...]}} around the rows' own bytes. */
public final class PointsBody {
  private static final byte[] HEAD = "{\"points\":[".getBytes(StandardCharsets.UTF_8);
  private static final byte[] TAIL = "]}".getBytes(StandardCharsets.UTF_8);

  private PointsBody() {}

  /** The body that writes these points. */
  public static byte[] of(List<Row> rows) {
    byte[] body = new byte[size(rows)];
    int at = append(HEAD, body, 0);
    for (int i = 0; i < rows.size(); i++) {
      if (i > 0) {
        body[at++] = ',';
      }
      at = rows.get(i).copyTo(body, at);
    }
    append(TAIL, body, at);
    return body;
  }

  private static int size(List<Row> rows) {
    int commas = Math.max(0, rows.size() - 1);
    return HEAD.length + rows.stream().mapToInt(Row::size).sum() + commas + TAIL.length;
  }

  private static int append(byte[] part, byte[] body, int at) {
    System.arraycopy(part, 0, body, at, part.length);
    return at + part.length;
  }
}
