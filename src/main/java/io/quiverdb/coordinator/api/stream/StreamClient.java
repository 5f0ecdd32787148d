// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The bounded queue of one client; takes no thread. A client that does not read is disconnected.
 * Confined to the thread of the streams.
 */
final class StreamClient {
  /** The bound of the queue. The socket buffer of the system comes on top. */
  static final int MAX_BYTES = 256 << 10;

  /** Below the idle time-outs of the server and of proxies. */
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** A client that reads nothing for this long is disconnected. */
  static final Duration WRITE_TIMEOUT = Duration.ofSeconds(20);

  /** How often the client's key is asked for again. */
  static final Duration KEY_INTERVAL = Duration.ofSeconds(2);

  /**
   * A client that is gone without a word takes heartbeats until the system's buffers are full, and
   * keeps its place so long; a stream therefore ends at this age at the latest.
   */
  static final Duration MAX_AGE = Duration.ofMinutes(5);

  /** Ages differ by up to this much, so that clients that came together do not return together. */
  private static final int JITTER_SECONDS = 61;

  /** Without a common factor with the range, so that consecutive clients are far apart. */
  private static final int JITTER_STEP = 37;

  private final Sink sink;
  private final Turn turn;
  private final Runnable gone;
  private final Duration age;
  private final long begunAt;
  private final Deque<Frame> waiting = new ArrayDeque<>();
  private Runnable room = () -> {};
  private int waitingBytes;
  private String taken;
  private boolean refused;
  private long keyAskedAt;
  private boolean writing;
  private long wroteAt;
  private boolean ending;
  private boolean closed;

  /**
   * A client that has just connected.
   *
   * @param number how many clients came before it; its age depends on it
   * @param id its position, as it reported it
   * @param gone runs once, when it has disconnected
   */
  StreamClient(Sink sink, Turn turn, long number, String id, Runnable gone) {
    this.sink = sink;
    this.turn = turn;
    this.gone = gone;
    this.age = MAX_AGE.minusSeconds(number * JITTER_STEP % JITTER_SECONDS);
    this.begunAt = turn.nanos();
    this.keyAskedAt = begunAt;
    this.taken = id;
    write(Frame.FIRST);
  }

  /** Runs whenever there is room again. */
  void whenRoom(Runnable task) {
    room = task;
  }

  /** Sends or queues an event. False if there is no room now. */
  boolean send(Frame frame) {
    if (ending || closed) {
      return true;
    }
    // A map may be larger than that by itself.
    if (waitingBytes > 0 && waitingBytes + frame.bytes().length > MAX_BYTES) {
      refused = true;
      return false;
    }
    waiting.add(frame);
    waitingBytes += frame.bytes().length;
    flush();
    return true;
  }

  /** Whether an event was refused since room was made last. */
  boolean full() {
    return refused;
  }

  /** Why this stream must end now, if it must: its key is not known any longer, or its age. */
  Optional<Ending> due() {
    long now = turn.nanos();
    if (ending || closed) {
      return Optional.empty();
    }
    if (now - keyAskedAt >= KEY_INTERVAL.toNanos()) {
      keyAskedAt = now;
      if (!sink.authorized()) {
        return Optional.of(Ending.KEY);
      }
    }
    return now - begunAt >= age.toNanos() ? Optional.of(Ending.RENEW) : Optional.empty();
  }

  /** The id of the last event that was handed to the connection. */
  String taken() {
    return taken;
  }

  private void forget() {
    waiting.clear();
    waitingBytes = 0;
    refused = false;
  }

  /** Sends this event and ends; queued events can be requested again. */
  void endAtOnce(Frame frame) {
    if (!ending && !closed) {
      forget();
      end(frame);
    }
  }

  /** Sends the queue and then this event, and ends. */
  void end(Frame frame) {
    if (!ending && !closed) {
      ending = true;
      waiting.add(frame);
      flush();
    }
  }

  /** Sends a heartbeat if nothing was sent for a while; disconnects a client that reads nothing. */
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

  /** Whether it has disconnected or was ended. */
  boolean closed() {
    return closed;
  }

  /** Ends it without an event. */
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
