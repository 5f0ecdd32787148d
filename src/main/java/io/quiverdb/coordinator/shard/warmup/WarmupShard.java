// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard.warmup;

import io.quiverdb.coordinator.shard.PageReader;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardTransport;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the loopback interface, answers every listing with {@link WarmupPage}, and keeps
 * written points until the next write. Implements as much HTTP/1.1 as {@link ShardTransport} uses,
 * on the first connection only. Not thread-safe.
 */
final class WarmupShard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WarmupShard.class);
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_LINE = 1_000;
  private static final String LENGTH = "content-length:";

  private final byte[] page = WarmupPage.bytes();
  private final ServerSocket listening;
  private volatile List<Row> written = List.of();
  private @Nullable Socket caller;

  WarmupShard() throws IOException {
    listening = new ServerSocket(0, 1, InetAddress.getByAddress(LOOPBACK));
    DaemonThreads.start("warmup-shard", this::serve);
  }

  String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** The points that the last request wrote. */
  List<Row> written() {
    return written;
  }

  private void serve() {
    try (Socket first = listening.accept()) {
      first.setTcpNoDelay(true);
      hold(first);
      answer(first);
    } catch (IOException | RuntimeException | Error e) {
      LOG.debug("closed, or called by a stranger: {}", e.toString());
    }
  }

  private synchronized void hold(Socket first) throws IOException {
    if (listening.isClosed()) {
      throw new IOException("closed meanwhile");
    }
    caller = first;
  }

  private void answer(Socket from) throws IOException {
    InputStream in = new BufferedInputStream(from.getInputStream());
    OutputStream out = from.getOutputStream();
    while (true) {
      String request = line(in);
      int length = 0;
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
          length = Integer.parseInt(header.substring(LENGTH.length()).strip());
        }
      }
      byte[] body = in.readNBytes(Math.min(length, MAX_BYTES));
      byte[] json = request.contains("/fetch ") ? page : write(body);
      out.write(head(json.length));
      out.write(json);
    }
  }

  private byte[] write(byte[] body) throws IOException {
    written = PageReader.read(body, MAX_BYTES, id -> true).rows();
    return "{\"upserted\":%d}".formatted(written.size()).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] head(int length) {
    return ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() == MAX_LINE) {
        throw new EOFException("no request");
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public synchronized void close() throws IOException {
    listening.close();
    if (caller != null) {
      caller.close();
    }
  }
}
