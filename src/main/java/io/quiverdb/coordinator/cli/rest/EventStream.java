// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stream of events that one member sends. For one thread. */
public final class EventStream implements AutoCloseable {
  /** Members send a heartbeat more often. */
  private static final Duration MAX_SILENCE = Duration.ofSeconds(20);

  private static final int MAX_LINE = 1 << 20;
  private static final int MAX_LINES = 1_024;

  /** What no line can be. */
  private static final String END = "\n";

  private final String member;
  private final InputStream body;
  private final Duration maxSilence;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(MAX_LINES);
  private volatile boolean ended;

  /**
   * An event.
   *
   * @param id after which another member continues
   * @param kind its {@code event:}
   * @param data one JSON document
   */
  public record Event(String id, String kind, String data) {}

  /**
   * @param member its base URL
   */
  EventStream(String member, InputStream body) {
    this(member, body, MAX_SILENCE);
  }

  /**
   * @param maxSilence after which the member counts as dead
   */
  EventStream(String member, InputStream body, Duration maxSilence) {
    this.member = member;
    this.body = body;
    this.maxSilence = maxSilence;
    DaemonThreads.start("events of " + member, this::read);
  }

  /** The base URL of the member that sends it. */
  public String member() {
    return member;
  }

  private void read() {
    try (InputStream in = new BufferedInputStream(body)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0 && line.size() < MAX_LINE; next = in.read()) {
        if (next == '\n') {
          lines.put(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else {
          line.write(next);
        }
      }
    } catch (IOException e) {
      // The member is gone, or the stream was closed here: either way it has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
  }

  /** Wakes a reader that waits; while the queue is full, none does. */
  private void end() {
    ended = true;
    boolean unused = lines.offer(END);
  }

  /** Waits for the next event; empty if the stream has ended, or the member has fallen silent. */
  public Optional<Event> next() throws InterruptedException {
    String id = "";
    String kind = "message";
    String data = "";
    while (true) {
      String line = ended ? lines.poll() : lines.poll(maxSilence.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null || line.equals(END)) {
        return Optional.empty();
      }
      if (line.isEmpty()) {
        if (!data.isEmpty()) {
          return Optional.of(new Event(id, kind, data));
        }
        kind = "message";
      } else if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("event: ")) {
        kind = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      }
    }
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
