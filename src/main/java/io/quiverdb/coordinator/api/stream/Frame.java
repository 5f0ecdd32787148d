// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.nio.charset.StandardCharsets;

/**
 * One server-sent event on the wire.
 *
 * @param id the value for {@code Last-Event-ID} of a client that has it
 * @param bytes with the empty line at its end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Frame(String id, byte[] bytes) {
  /** Confirms the connection, and makes the client reconnect after a second. */
  static final byte[] FIRST = "retry: 1000\n\n".getBytes(StandardCharsets.UTF_8);

  /** A comment, which clients ignore. */
  static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

  /**
   * An event.
   *
   * @param json on one line
   */
  static Frame of(String id, String kind, byte[] json) {
    return new Frame(id, joined("id: " + id + "\nevent: " + kind + "\ndata: ", json));
  }

  /**
   * An event without a kind: browsers call it a message.
   *
   * @param json on one line
   */
  static Frame of(String id, byte[] json) {
    return new Frame(id, joined("id: " + id + "\ndata: ", json));
  }

  private static byte[] joined(String head, byte[] json) {
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[start.length + json.length + 2];
    System.arraycopy(start, 0, frame, 0, start.length);
    System.arraycopy(json, 0, frame, start.length, json.length);
    frame[frame.length - 2] = '\n';
    frame[frame.length - 1] = '\n';
    return frame;
  }
}
