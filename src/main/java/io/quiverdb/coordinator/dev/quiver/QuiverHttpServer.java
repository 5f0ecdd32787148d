// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * HTTP on 127.0.0.1 in front of a {@link QuiverApi}.
 *
 * <p>A bare Jetty handler, because a servlet refuses or rewrites paths that Quiver takes as they
 * are: ids with {@code %2F}, {@code .} and {@code ..}.
 */
final class QuiverHttpServer implements AutoCloseable {
  private static final int MAX_THREADS = 64;
  private static final int MIN_THREADS = 2;

  private final Server server;
  private final ServerConnector connector;

  private QuiverHttpServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Listens.
   *
   * @param port 0: one that is free
   * @throws IOException if the port is taken
   */
  static QuiverHttpServer start(String name, int port, QuiverApi api) throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
    threads.setName(name);
    threads.setDaemon(true);
    Server server = new Server(threads);
    server.setStopTimeout(0);
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(UriCompliance.UNSAFE);
    http.setSendServerVersion(false);
    // Else "BEARER x" is taken for the "Bearer x" that the connection carried before.
    http.setHeaderCacheCaseSensitive(true);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(new Front(api));
    QuiverHttpServer front = new QuiverHttpServer(server, connector);
    try {
      server.start();
    } catch (IOException e) {
      front.close();
      throw new IOException(
          name + " cannot listen on 127.0.0.1:" + port + ": " + e.getMessage(), e);
    } catch (Exception e) {
      front.close();
      throw new IllegalStateException(name + " cannot start", e);
    }
    return front;
  }

  String url() {
    return "http://127.0.0.1:" + connector.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("the server on " + connector.getPort() + " did not stop", e);
    }
  }

  private static final class Front extends Handler.Abstract {
    private final QuiverApi api;

    Front(QuiverApi api) {
      this.api = api;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback)
        throws IOException {
      Optional<byte[]> body = body(request);
      send(
          response,
          callback,
          body.isEmpty()
              ? QuiverResponse.of(QuiverError.unreadable(413, "the body is too long"))
              : api.answer(asked(request, body.get())));
      return true;
    }

    private static QuiverRequest asked(Request request, byte[] body) {
      return QuiverRequest.of(
          request.getMethod(),
          String.valueOf(request.getHttpURI().getPath()),
          Optional.ofNullable(request.getHeaders().get(HttpHeader.AUTHORIZATION)),
          Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)),
          body);
    }

    /** Empty if it is longer than the limit; the rest is not read. */
    private Optional<byte[]> body(Request request) throws IOException {
      try (InputStream in = Content.Source.asInputStream(request)) {
        byte[] body = in.readNBytes(api.maxBodyBytes() + 1);
        return Optional.of(body).filter(bytes -> bytes.length <= api.maxBodyBytes());
      }
    }

    private void send(Response response, Callback callback, QuiverResponse answer) {
      response.setStatus(answer.status());
      answer.contentType().ifPresent(type -> put(response, HttpHeader.CONTENT_TYPE, type));
      answer.allow().ifPresent(methods -> put(response, HttpHeader.ALLOW, methods));
      if (api.version().hardensAnswers()) {
        response.getHeaders().put("x-content-type-options", "nosniff");
        response.getHeaders().put("cross-origin-resource-policy", "same-origin");
      }
      byte[] body = answer.bytes();
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
      response.write(true, ByteBuffer.wrap(body), callback);
    }

    private static void put(Response response, HttpHeader header, String value) {
      response.getHeaders().put(new HttpField(header, value));
    }
  }
}
