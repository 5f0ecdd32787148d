// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses the answers of a shard into rows with id, vector and payload, without converting numbers.
 * The other fields of a point stay in its row: a shard ignores fields that it does not know, and a
 * newer shard needs them.
 */
public final class RowReader {
  private static final List<String> FIELDS = List.of("id", "vector", "payload");

  private final byte[] answer;
  private final JsonScanner scanner;

  /** Reads the bytes from {@code from} (inclusive) to {@code end} (exclusive). */
  RowReader(byte[] answer, int from, int end) {
    this.answer = answer;
    this.scanner = new JsonScanner(answer, from, end);
  }

  /**
   * The row of a single point's object.
   *
   * @param answer not copied: the row refers to it
   * @throws MalformedAnswerException if it is no point, or has no id or no vector
   */
  public static Row point(byte[] answer) throws MalformedAnswerException {
    RowReader reader = new RowReader(answer, 0, answer.length);
    Row row = reader.row();
    reader.expectEnd();
    return row;
  }

  /** The position of the next byte. */
  int position() {
    return scanner.position();
  }

  /** Consumes this byte if it is next. */
  boolean take(char wanted) {
    return scanner.take(wanted);
  }

  /** Consumes this byte, which must be next. */
  void expect(char wanted) throws MalformedAnswerException {
    scanner.expect(wanted);
  }

  /** Consumes the beginning of an object, up to the value of this field. */
  void skipTo(String field) throws MalformedAnswerException {
    scanner.expect('{');
    if (scanner.peek() == '}') {
      throw scanner.malformed("no " + field);
    }
    while (!key().equals(field)) {
      scanner.skipValue();
      if (!scanner.take(',')) {
        throw scanner.malformed("no " + field);
      }
    }
  }

  /** Consumes the rest of an object in which this field was read. */
  void skipFields(String been) throws MalformedAnswerException {
    while (scanner.take(',')) {
      once(key().equals(been) ? been : null);
      scanner.skipValue();
    }
    scanner.expect('}');
  }

  /** Checks that nothing is left. */
  void expectEnd() throws MalformedAnswerException {
    scanner.expectEnd();
  }

  /** Consumes a point's object; the row refers to the bytes. */
  Row row() throws MalformedAnswerException {
    String id = null;
    ByteSlice vector = null;
    ByteSlice payload = null;
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
            vector = new ByteSlice(answer, start, scanner.position());
          }
          case "payload" -> {
            once(payload);
            int start = valueStart();
            scanner.skipValue();
            payload = new ByteSlice(answer, start, scanner.position());
          }
          default -> scanner.skipValue();
        }
      } while (scanner.take(','));
      scanner.expect('}');
    }
    if (id == null || vector == null) {
      throw scanner.malformed("a point without " + (id == null ? "id" : "vector"));
    }
    return new Row(id, new ByteSlice(answer, from, scanner.position()), vector, payload);
  }

  private String key() throws MalformedAnswerException {
    String key = scanner.string(FIELDS);
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
