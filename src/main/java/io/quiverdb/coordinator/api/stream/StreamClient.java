// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one client is still to be sent: bounded, and without a thread that waits for it. A client
 * that takes nothing is cut off. Confined to the thread of the streams.
 */
final class StreamClient {
  /** The most that may wait for a client. What the system holds for it comes on top. */
  static final int MAX_BYTES = 256 << 10;

  /** Below the idle time of the server, and of what may stand between. */
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** A client that takes nothing for so long is gone. */
  static final Duration WRITE_TIMEOUT = Duration.ofSeconds(20);

  private final Sink sink;
  private final Turn turn;
  private final Runnable gone;
  private final Deque<Frame> waiting = new ArrayDeque<>();
  private Runnable room = () -> {};
  private int waitingBytes;
  private String taken;
  private boolean writing;
  private long wroteAt;
  private boolean ending;
  private boolean closed;

  /**
   * A client that has just come.
   *
   * @param id how far it has come, as it says itself
   * @param gone runs once, when it has gone
   */
  StreamClient(Sink sink, Turn turn, String id, Runnable gone) {
    this.sink = sink;
    this.turn = turn;
    this.gone = gone;
    this.taken = id;
    write(Frame.FIRST);
  }

  /** Runs whenever there is room again. */
  void whenRoom(Runnable task) {
    room = task;
  }

  /** Sends an event, or lets it wait. False if there is no room for it now. */
  boolean send(Frame frame) {
    if (ending || closed) {
      return true;
    }
    // A map may be larger than that by itself.
    if (waitingBytes > 0 && waitingBytes + frame.bytes().length > MAX_BYTES) {
      return false;
    }
    waiting.add(frame);
    waitingBytes += frame.bytes().length;
    flush();
    return true;
  }

  /** The id of the last event that was handed to the connection. */
  String taken() {
    return taken;
  }

  private void forget() {
    waiting.clear();
    waitingBytes = 0;
  }

  /** Sends this event and nothing more: what waits can be asked for again. */
  void endAtOnce(Frame frame) {
    if (!ending && !closed) {
      forget();
      end(frame);
    }
  }

  /** Sends what waits, this event after it, and nothing more. */
  void end(Frame frame) {
    if (!ending && !closed) {
      ending = true;
      waiting.add(frame);
      flush();
    }
  }

  /** Sends a heartbeat if nothing was sent for a while; cuts off a client that takes nothing. */
  void tick() {
    long silent = turn.nanos() - wroteAt;
    if (closed) {
      return;
    }
    if (writing && silent >= WRITE_TIMEOUT.toNanos()) {
      cut();
    } else if (!writing && silent >= HEARTBEAT.toNanos()) {
      write(Frame.HEARTBEAT);
    }
  }

  /** Whether it has gone, was sent its end, or was cut off. */
  boolean closed() {
    return closed;
  }

  /** Ends it without a word. */
  void cut() {
    close();
    sink.cut();
  }

  private void close() {
    if (!closed) {
      closed = true;
      forget();
      gone.run();
    }
  }

  private void flush() {
    if (writing || waiting.isEmpty()) {
      return;
    }
    byte[] bytes = waiting.size() == 1 ? waiting.getLast().bytes() : joined();
    taken = waiting.getLast().id();
    forget();
    write(bytes);
  }

  private byte[] joined() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    waiting.forEach(frame -> all.writeBytes(frame.bytes()));
    return all.toByteArray();
  }

  private void write(byte[] bytes) {
    boolean last = ending;
    writing = true;
    wroteAt = turn.nanos();
    sink.write(bytes, last, sent -> turn.execute(() -> written(sent, last)));
  }

  private void written(boolean sent, boolean last) {
    writing = false;
    if (sent && !last) {
      flush();
      room.run();
    } else {
      close();
    }
  }
}
