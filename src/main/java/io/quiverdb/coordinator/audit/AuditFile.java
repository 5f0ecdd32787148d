// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.audit;

import io.quiverdb.coordinator.disk.PrivateFiles;
import io.quiverdb.coordinator.disk.WholeLines;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file to which records are appended, line by line. It has its own writer thread, so that a full
 * or slow disk delays no request. The records then wait in a bounded queue; further ones are
 * dropped and counted. Thread-safe.
 */
public final class AuditFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);

  /** The bound of the queue, in records; about a megabyte. */
  private static final int ROOM = 4_096;

  private static final long RETRY_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 1_000;

  private final Path file;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(ROOM);
  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private @Nullable FileChannel channel;
  private volatile boolean reopening;
  private volatile boolean dirty;
  private volatile boolean closing;
  private volatile Optional<String> failure = Optional.empty();

  /**
   * Opens the file. Creates it, readable by its owner only, if it is missing.
   *
   * @throws IOException if it cannot be opened
   */
  public AuditFile(Path file) throws IOException {
    this.file = file;
    this.channel = open();
    this.writer = DaemonThreads.named("audit").newThread(this::write);
    writer.start();
  }

  private FileChannel open() throws IOException {
    boolean cut = endsWithinALine();
    FileChannel opened =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    if (cut) {
      var unused = opened.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
    return opened;
  }

  /** Whether its last record is incomplete, after a crash or a full disk. */
  private boolean endsWithinALine() throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (FileChannel reading = FileChannel.open(file, StandardOpenOption.READ)) {
      return WholeLines.length(reading) < reading.size();
    }
  }

  /** Queues a record. Never blocks, never throws. */
  public void append(AuditRecord entry) {
    if (!waiting.offer(entry.line())) {
      lost.incrementAndGet();
    }
  }

  /** Reopens the file before the next record, because log rotation has renamed it. */
  public void reopen() {
    reopening = true;
    wake();
  }

  /** Wakes the writer by an empty record. An interrupt would close the file while it writes. */
  private void wake() {
    var unused = waiting.offer(new byte[0]);
  }

  /** Why records are not written, for the operator; empty while they are. */
  public Optional<String> failure() {
    return failure;
  }

  /**
   * Forces the written records to disk. Call it about every second, on a thread that may block. A
   * power loss can lose the records since the last call; a crash of this process loses none.
   */
  public void force() {
    FileChannel open;
    synchronized (this) {
      open = channel;
    }
    if (open == null || !dirty) {
      return;
    }
    dirty = false;
    try {
      open.force(false);
    } catch (IOException e) {
      dirty = !reopening && !closing;
      LOG.debug("the audit file was not forced to disk", e);
    }
  }

  private void write() {
    ByteBuffer line = ByteBuffer.allocate(0);
    while (!closing || line.hasRemaining() || !waiting.isEmpty()) {
      try {
        if (reopening) {
          reopened();
          line.rewind(); // repeat an incomplete line in the new file
        }
        if (!line.hasRemaining()) {
          byte[] next = waiting.poll(closing ? 0 : RETRY_MILLIS, TimeUnit.MILLISECONDS);
          line = ByteBuffer.wrap(next == null ? new byte[0] : next);
        }
        append(line);
        line = line.hasRemaining() ? line : ByteBuffer.allocate(0);
      } catch (IOException e) {
        failed(e);
        if (closing || !paused()) {
          return;
        }
      } catch (InterruptedException e) {
        return; // cannot happen: nothing interrupts this thread
      }
    }
  }

  private void append(ByteBuffer line) throws IOException {
    FileChannel open;
    synchronized (this) {
      if (channel == null) {
        channel = open();
      }
      open = channel;
    }
    while (line.hasRemaining()) {
      open.write(line);
      dirty = true;
    }
    if (failure.isPresent() || lost.get() > 0) {
      LOG.warn("records are written to the audit file {} again; lost so far: {}", file, lost.get());
      lost.set(0);
      failure = Optional.empty();
    }
  }

  private synchronized void reopened() throws IOException {
    reopening = false;
    FileChannel before = channel;
    channel = null;
    if (before != null) {
      before.close();
    }
    channel = open();
    LOG.info("the audit file {} was reopened", file);
  }

  private void failed(IOException cause) {
    String told =
        "the audit file "
            + file
            + " cannot be written: "
            + cause.getMessage()
            + "; free space, or correct its rights. Requests are served, and "
            + ROOM
            + " records wait; further ones are dropped";
    if (failure.isEmpty()) {
      LOG.error("{}", told);
    }
    failure = Optional.of(told);
  }

  private static boolean paused() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Writes the queued records, for at most a second, and forces them to disk. */
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    force();
    synchronized (this) {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        LOG.debug("the audit file was not closed", e);
      }
    }
  }
}
