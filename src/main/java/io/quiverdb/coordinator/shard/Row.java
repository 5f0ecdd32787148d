// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One point as a shard wrote it: its id, and the positions of its object, its vector and its
 * payload in the bytes of the answer. Nothing else is parsed: the same bytes are written to another
 * shard. Keeps the whole answer in memory, see {@link #detached}. Immutable and thread-safe.
 */
public final class Row {
  private static final ByteSlice NULL = span("null");

  /** A row, three spans, a string, and the headers of two arrays. */
  private static final int OVERHEAD = 200;

  /** Longer payloads are not parsed: their values would take many times their bytes. */
  private static final int MAX_TREE_BYTES = 4 << 20;

  private final String id;
  private final ByteSlice object;
  private final ByteSlice vector;
  private final @Nullable ByteSlice payload;

  Row(String id, ByteSlice object, ByteSlice vector, @Nullable ByteSlice payload) {
    this.id = id;
    this.object = object;
    this.vector = vector;
    this.payload = payload;
  }

  /** The point's id; may be empty. */
  public String id() {
    return id;
  }

  /** The size of its object in bytes. */
  public int size() {
    return object.size();
  }

  /**
   * About how much memory it takes, in bytes, when it is {@link #detached}: its object, its id, and
   * the overhead of the JVM for each part.
   */
  public long memory() {
    return (long) OVERHEAD + object.size() + 2L * id.length();
  }

  /** The same point with a payload of null, for searches, which use only the vector. */
  public Row withoutPayload() {
    byte[] own = vector.bytes();
    ByteSlice all = new ByteSlice(own, 0, own.length);
    return new Row(id, all, all, null);
  }

  /** Writes the unchanged bytes of its object. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(object.bytes());
  }

  /** Copies the object of the row; returns the position after it. */
  int copyTo(byte[] target, int at) {
    return object.copyTo(target, at);
  }

  /** The unchanged JSON array of its vector. */
  public String vectorJson() {
    return vector.text();
  }

  /** The unchanged JSON of its payload; {@code null} if there is none. */
  public String payloadJson() {
    return payload().text();
  }

  /**
   * Whether both have the same vector and payload: the same bytes, or else the same JSON values
   * with numbers compared exactly and keys in any order; in a payload of over 4 MiB, in the same
   * order. A payload that is missing is {@code null}. The ids, and fields that are neither, are not
   * compared.
   */
  public boolean sameContent(Row other) {
    return same(vector, other.vector) && same(payload(), other.payload());
  }

  private static boolean same(ByteSlice a, ByteSlice b) {
    if (a.sameBytes(b) || JsonValue.sameInOrder(a, b)) {
      return true;
    }
    return Math.max(a.size(), b.size()) <= MAX_TREE_BYTES
        && JsonValue.of(a.bytes()).equals(JsonValue.of(b.bytes()));
  }

  /** The same row without the rest of its answer. */
  Row detached() {
    byte[] own = object.bytes();
    return new Row(
        id,
        object.moved(own, object),
        vector.moved(own, object),
        payload == null ? null : payload.moved(own, object));
  }

  private ByteSlice payload() {
    return payload == null ? NULL : payload;
  }

  private static ByteSlice span(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ByteSlice(bytes, 0, bytes.length);
  }

  /** Shows the id only, because payloads may be confidential. */
  @Override
  public String toString() {
    return "Row[" + id + "]";
  }
}
