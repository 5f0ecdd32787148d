package io.quiverdb.coordinator.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes answers of a shard apart into rows, as far as id, vector and payload, without reading a
 * number. The rest of a point's object stays part of its row: a shard ignores fields that it does
 * not know, and one that knows them wants them.
 */
public final class RowReader {
  private final byte[] answer;
  private final JsonScanner scanner;

  private RowReader(byte[] answer) {
    this.answer = answer;
    this.scanner = new JsonScanner(answer);
  }

  /**
   * The rows of {@code {"points": [...]}}, in their order.
   *
   * @param answer not copied: the rows stand in it
   * @throws MalformedAnswerException if it is anything else, or a point has no id or no vector
   */
  public static List<Row> page(byte[] answer) throws MalformedAnswerException {
    return new RowReader(answer).page();
  }

  /**
   * The row of a point's own object.
   *
   * @param answer not copied: the row stands in it
   * @throws MalformedAnswerException if it is anything else, or has no id or no vector
   */
  public static Row point(byte[] answer) throws MalformedAnswerException {
    RowReader reader = new RowReader(answer);
    Row row = reader.row();
    reader.scanner.expectEnd();
    return row;
  }

  private List<Row> page() throws MalformedAnswerException {
    List<Row> rows = null;
    scanner.expect('{');
    if (!scanner.take('}')) {
      do {
        if (key().equals("points")) {
          once(rows);
          rows = rows();
        } else {
          scanner.skipValue();
        }
      } while (scanner.take(','));
      scanner.expect('}');
    }
    scanner.expectEnd();
    if (rows == null) {
      throw scanner.malformed("no points");
    }
    return rows;
  }

  private List<Row> rows() throws MalformedAnswerException {
    List<Row> rows = new ArrayList<>();
    scanner.expect('[');
    if (scanner.take(']')) {
      return rows;
    }
    do {
      rows.add(row());
    } while (scanner.take(','));
    scanner.expect(']');
    return rows;
  }

  private Row row() throws MalformedAnswerException {
    String id = null;
    Span vector = null;
    Span payload = null;
    scanner.peek();
    int from = scanner.position();
    scanner.expect('{');
    if (!scanner.take('}')) {
      do {
        switch (key()) {
          case "id" -> {
            once(id);
            id = scanner.string();
          }
          case "vector" -> {
            once(vector);
            int start = valueStart();
            scanner.skipNumbers();
            vector = new Span(answer, start, scanner.position());
          }
          case "payload" -> {
            once(payload);
            int start = valueStart();
            scanner.skipValue();
            payload = new Span(answer, start, scanner.position());
          }
          default -> scanner.skipValue();
        }
      } while (scanner.take(','));
      scanner.expect('}');
    }
    if (id == null || vector == null) {
      throw scanner.malformed("a point without " + (id == null ? "id" : "vector"));
    }
    return new Row(id, new Span(answer, from, scanner.position()), vector, payload);
  }

  private String key() throws MalformedAnswerException {
    String key = scanner.string();
    scanner.expect(':');
    return key;
  }

  private int valueStart() {
    scanner.peek();
    return scanner.position();
  }

  private void once(@Nullable Object before) throws MalformedAnswerException {
    if (before != null) {
      throw scanner.malformed("a field twice");
    }
  }
}
