// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.relay;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port that forwards every request to a member that answers, and streams the answer back. It
 * holds a poll as long as the member does, stores nothing, and knows nothing of maps. Thread-safe.
 */
public final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  /** Longer than a member holds a poll, and longer than a change takes. */
  private static final Duration LIMIT = Duration.ofSeconds(12);

  /** The body limit of a member, for a restore. */
  private static final int MAX_BODY = 3 << 20;

  private static final int THREADS = 128;
  private static final Pattern WAIT = Pattern.compile("(?:^|&)wait=([0-9]{1,5})(ms|s|m)?(?:&|$)");
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  /**
   * Headers that are not forwarded: those of one connection, and those that each side writes
   * itself.
   */
  private static final Set<String> OWN =
      Set.of(
          "connection",
          "keep-alive",
          "transfer-encoding",
          "te",
          "trailer",
          "upgrade",
          "proxy-connection",
          "content-length",
          "host",
          "expect",
          "date",
          "x-quiver-forwarded");

  static {
    // By default an answer waits for the acknowledgement of earlier packets: 40 ms per poll.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final Upstream members;

  /**
   * Starts to relay.
   *
   * @param where it listens; port 0: any free one
   * @param members base URLs, in the order in which they are tried
   * @param tls its certificate and trusted CAs; empty: the CAs that the JVM trusts
   * @throws IOException if it cannot listen there
   */
  public Relay(InetSocketAddress where, List<URI> members, Optional<SSLContext> tls)
      throws IOException {
    this.members = new Upstream(members, tls, LIMIT);
    this.threads =
        new ThreadPoolExecutor(
            4,
            THREADS,
            60,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            DaemonThreads.named("relay"),
            new ThreadPoolExecutor.AbortPolicy());
    this.server = HttpServer.create(where, 128);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        refuse(exchange, 413, "the body is larger than 3 MiB");
        return;
      }
      Upstream.Result result =
          members.send(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              passed(exchange.getRequestHeaders()),
              body,
              wait(exchange.getRequestURI().getRawQuery()));
      if (result instanceof Upstream.Result.Answered answered) {
        answer(exchange, answered.response());
      } else if (result instanceof Upstream.Result.Failed failed) {
        LOG.warn(
            "{} {}: {}", exchange.getRequestMethod(), exchange.getRequestURI().getPath(), failed);
        refuse(exchange, failed.status(), failed.detail());
      }
    } catch (IOException e) {
      LOG.debug("a client or a member has gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("a request could not be forwarded", e);
    }
  }

  private static Map<String, String> passed(Map<String, List<String>> headers) {
    Map<String, String> passed = new TreeMap<>();
    headers.forEach(
        (name, values) -> {
          if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
            passed.put(name, String.join(", ", values));
          }
        });
    return passed;
  }

  private static Duration wait(@Nullable String query) {
    Matcher matcher = WAIT.matcher(query == null ? "" : query);
    if (!matcher.find()) {
      return Duration.ZERO;
    }
    long number = Long.parseLong(matcher.group(1));
    Duration wanted =
        "ms".equals(matcher.group(2))
            ? Duration.ofMillis(number)
            : "m".equals(matcher.group(2))
                ? Duration.ofMinutes(number)
                : Duration.ofSeconds(number);
    return wanted.compareTo(MAX_WAIT) < 0 ? wanted : MAX_WAIT;
  }

  private static void answer(HttpExchange exchange, HttpResponse<InputStream> answer)
      throws IOException {
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, List.copyOf(values));
              }
            });
    try (InputStream body = answer.body()) {
      long length = answer.headers().firstValueAsLong("content-length").orElse(0);
      boolean empty =
          exchange.getRequestMethod().equals("HEAD")
              || answer.statusCode() == 204
              || answer.statusCode() == 304
              || (length == 0 && answer.headers().firstValue("content-length").isPresent());
      // Here 0 means a body of unknown length, and -1 none.
      exchange.sendResponseHeaders(answer.statusCode(), empty ? -1 : length);
      if (!empty) {
        pass(body, exchange.getResponseBody());
      }
    }
  }

  /** Flushes each piece: events must not wait until a buffer is full. */
  private static void pass(InputStream from, OutputStream to) throws IOException {
    byte[] piece = new byte[16 << 10];
    for (int read = from.read(piece); read >= 0; read = from.read(piece)) {
      to.write(piece, 0, read);
      to.flush();
    }
    to.close();
  }

  private static void refuse(HttpExchange exchange, int status, String detail) throws IOException {
    String text = detail.replaceAll("[\\p{Cntrl}\"\\\\]", " ");
    byte[] body =
        ("{\"type\":\"about:blank\",\"title\":\"Relay\",\"status\":"
                + status
                + ",\"detail\":\""
                + text
                + "\"}")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Closes it at once; routers keep their maps. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
