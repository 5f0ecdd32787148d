// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is always aborted, never closed gracefully. After a normal close the kernel
 * continues to send buffered bytes, for a minute or more. {@code SO_LINGER} of 0 makes it discard
 * them. It is set before the first byte is sent, so that it also applies if the process is killed.
 * Not thread-safe, except {@link #abort}.
 */
final class Connection {
  private final SocketChannel channel;
  private final Optional<SSLContext> tls;
  private @Nullable InputStream in;
  private @Nullable OutputStream out;
  private @Nullable AnswerReader answers;
  private long usedNanos;

  private Connection(SocketChannel channel, Optional<SSLContext> tls) {
    this.channel = channel;
    this.tls = tls;
  }

  /**
   * A connection that is not open yet.
   *
   * @param tls the trusted CAs; empty: those of the JVM
   */
  static Connection unconnected(Optional<SSLContext> tls) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return new Connection(channel, tls);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Connects; an interruption ends it. */
  void connect(Origin origin, InetAddress address, int millis) throws IOException {
    Socket socket = channel.socket();
    socket.connect(new InetSocketAddress(address, origin.port()), millis);
    if (origin.tls()) {
      socket = secured(socket, origin);
    }
    in = socket.getInputStream();
    out = socket.getOutputStream();
    answers = new AnswerReader(in);
  }

  private SSLSocket secured(Socket socket, Origin origin) throws IOException {
    try {
      SSLContext context = tls.isPresent() ? tls.get() : SSLContext.getDefault();
      SSLSocket secured =
          (SSLSocket)
              context.getSocketFactory().createSocket(socket, origin.host(), origin.port(), true);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      return secured;
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("TLS cannot be used: " + Failures.reason(e), e);
    }
  }

  /** Sends a request and reads its answer. */
  HttpReply exchange(RequestBytes request, int maxBytes, @Nullable Sink sink) throws IOException {
    OutputStream to = out;
    AnswerReader from = answers;
    if (to == null || from == null) {
      throw new IllegalStateException("not connected");
    }
    try {
      request.writeTo(to);
    } catch (TooLateException e) {
      throw e;
    } catch (IOException e) {
      return refusal(from, maxBytes, e);
    }
    HttpReply reply = from.read(maxBytes, sink);
    usedNanos = System.nanoTime();
    return reply;
  }

  /** A server that refuses a body answers before it has arrived, and does not read the rest. */
  private HttpReply refusal(AnswerReader from, int maxBytes, IOException unwritten)
      throws IOException {
    try {
      HttpReply reply = from.read(maxBytes, null);
      abort();
      return reply;
    } catch (IOException e) {
      unwritten.addSuppressed(e);
      throw unwritten;
    }
  }

  /** Whether another request may be sent: the answer is complete, and nothing arrived after it. */
  boolean reusable() {
    return channel.isOpen() && answers != null && answers.reusable();
  }

  /** How long it has not been used. */
  long idleNanos() {
    return System.nanoTime() - usedNanos;
  }

  /** Whether the other side has closed it, or has sent unexpected bytes. */
  boolean isStale() {
    try {
      channel.configureBlocking(false);
      int read = channel.read(ByteBuffer.allocate(1));
      channel.configureBlocking(true);
      return read != 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Aborts it; bytes that were not delivered yet are discarded. Thread-safe. */
  void abort() {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is closed even if the kernel reports an error.
    }
  }
}
