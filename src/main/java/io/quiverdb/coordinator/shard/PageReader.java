// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.http.Sink;
import io.quiverdb.coordinator.http.TooLargeException;
import io.quiverdb.coordinator.model.Utf8Order;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Parses a page {@code {"points": [...]}} while it arrives, and keeps the wanted rows only. A shard
 * goes through its whole collection for every page, so pages should be large; only the wanted rows
 * stay in memory. Not thread-safe.
 */
public final class PageReader implements Sink {
  /**
   * The number of bytes to gather before parsing: with less, the beginning of a row would be parsed
   * again and again.
   */
  private static final int CHUNK_BYTES = 64 << 10;

  private enum Place {
    HEAD,
    FIRST_ROW,
    ROW,
    AFTER_ROW,
    TAIL
  }

  private final int maxBytes;
  private final Predicate<String> wanted;
  private final int chunk;
  private final List<Row> rows = new ArrayList<>();
  private byte[] window;
  private int from;
  private int to;
  private int enough;
  private Place place = Place.HEAD;
  private int count;
  private long bytes;
  private long keptBytes;
  private String first = "";
  private String last = "";
  private boolean sorted = true;

  /**
   * Reads a page while it arrives.
   *
   * @param maxBytes of the rows that are wanted, in memory ({@link Row#memory}); more end the
   *     exchange with a {@link TooLargeException}
   * @param wanted by their id
   */
  public PageReader(int maxBytes, Predicate<String> wanted) {
    this(maxBytes, wanted, CHUNK_BYTES);
  }

  PageReader(int maxBytes, Predicate<String> wanted, int chunk) {
    this.maxBytes = maxBytes;
    this.wanted = wanted;
    this.chunk = chunk;
    this.window = new byte[2 * chunk];
    this.enough = chunk;
  }

  /**
   * Reads a page that has arrived completely.
   *
   * @throws IOException as {@link #take} and {@link #end}
   */
  public static ShardPage read(byte[] answer, int maxBytes, Predicate<String> wanted)
      throws IOException {
    PageReader reader = new PageReader(maxBytes, wanted);
    reader.take(ByteBuffer.wrap(answer));
    return reader.end();
  }

  @Override
  public void take(ByteBuffer more) throws TooLargeException {
    while (more.hasRemaining()) {
      append(more, Math.min(more.remaining(), chunk));
      if (to - from >= enough) {
        try {
          pass();
        } catch (MalformedAnswerException e) {
          // A row that has not arrived completely looks malformed too. If it is, the end shows it.
          enough = Math.max(chunk, 2 * (to - from));
        }
        if (keptBytes > maxBytes || to - from > maxBytes + chunk) {
          throw new TooLargeException(maxBytes);
        }
      }
    }
  }

  private void append(ByteBuffer more, int length) {
    if (length > window.length - to) {
      byte[] wide =
          length > window.length - (to - from)
              ? new byte[window.length + window.length / 2 + length]
              : window;
      System.arraycopy(window, from, wide, 0, to - from);
      window = wide;
      to -= from;
      from = 0;
    }
    more.get(window, to, length);
    to += length;
  }

  /**
   * The page, at its end.
   *
   * @throws MalformedAnswerException if it was no page, a point had no id or no vector, or the
   *     points were not in the order of their ids: a merge of such lists would treat points as
   *     absent
   * @throws TooLargeException as {@link #take}
   */
  public ShardPage end() throws MalformedAnswerException, TooLargeException {
    RowReader reader = pass();
    reader.skipFields("points");
    reader.expectEnd();
    if (!sorted) {
      throw new MalformedAnswerException("rows that are not in the order of their ids");
    }
    if (keptBytes > maxBytes) {
      throw new TooLargeException(maxBytes);
    }
    return new ShardPage(count, first, last, bytes, rows);
  }

  /** Continues to the end of the rows or of the bytes that have arrived. */
  private RowReader pass() throws MalformedAnswerException {
    RowReader reader = new RowReader(window, from, to);
    while (place != Place.TAIL) {
      switch (place) {
        case HEAD -> {
          reader.skipTo("points");
          reader.expect('[');
          place = Place.FIRST_ROW;
        }
        case FIRST_ROW -> {
          if (reader.take(']')) {
            place = Place.TAIL;
          } else {
            add(reader.row());
          }
        }
        case ROW -> add(reader.row());
        case AFTER_ROW -> {
          if (reader.take(',')) {
            place = Place.ROW;
          } else {
            reader.expect(']');
            place = Place.TAIL;
          }
        }
        case TAIL -> {}
      }
      from = reader.position();
    }
    enough = chunk;
    return reader;
  }

  private void add(Row row) {
    place = Place.AFTER_ROW;
    String id = row.id();
    if (count == 0) {
      first = id;
    } else {
      sorted &= Utf8Order.INSTANCE.compare(last, id) < 0;
    }
    last = id;
    count++;
    bytes += row.size();
    if (wanted.test(id) && keptBytes <= maxBytes) {
      keptBytes += row.memory();
      rows.add(row.detached());
    }
  }
}
