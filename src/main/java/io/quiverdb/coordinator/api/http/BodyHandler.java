// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads a request's whole body without blocking a thread, so that a slow sender occupies only its
 * connection. The size of each body and of all bodies together is bounded.
 */
public final class BodyHandler extends Handler.Wrapper {
  static final int LIMIT = 1 << 20;

  /** The limit for a body that holds a whole map and all routers. */
  static final int WHOLE_LIMIT = 3 << 20;

  private static final Set<String> WHOLE = Set.of("/cluster/restore", "/internal/bootstrap");
  private static final int BUDGET = 24 << 20;

  private final Access access;
  private final Semaphore budget = new Semaphore(BUDGET);

  /** Reads bodies for the next handler, except those of unknown callers. */
  public BodyHandler(Access access, Handler next) {
    super(next);
    this.access = access;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    long length = request.getLength();
    if (length == 0
        || (length < 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING))
        || Access.OPEN.contains(request.getHttpURI().getPath())) {
      return super.handle(request, response, callback);
    }
    int limit = WHOLE.contains(request.getHttpURI().getPath()) ? WHOLE_LIMIT : LIMIT;
    Optional<Problem> refused = refused(request, length, limit);
    if (refused.isPresent()) {
      refuseUnread(request, response, callback, refused.get());
    } else {
      new Reading(request, response, callback, limit).run();
    }
    return true;
  }

  /** Refuses what the header alone decides; the body of an unknown caller is not read. */
  private Optional<Problem> refused(Request request, long length, int limit) {
    try {
      access.reader(request);
    } catch (ApiException stranger) {
      return Optional.of(ErrorMapper.problem(stranger));
    }
    String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Optional.of(
          ErrorMapper.fault(
                  Fault.WRONG_CONTENT_TYPE,
                  "Content-Encoding: " + encoding + " is not supported; send the body uncompressed",
                  Map.of())
              .with("Accept-Encoding", "identity"));
    }
    return length > limit ? Optional.of(tooLarge(limit)) : Optional.empty();
  }

  /** Reads a body. Its bytes count against the budget until the request is answered. */
  private final class Reading implements Runnable {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final int limit;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    Reading(Request request, Response response, Callback callback, int limit) {
      this.request = request;
      this.response = response;
      this.limit = limit;
      this.callback = Callback.from(callback, () -> budget.release(body.size()));
    }

    @Override
    public void run() {
      for (Content.Chunk chunk = request.read(); chunk != null; chunk = request.read()) {
        if (Content.Chunk.isFailure(chunk)) {
          String reason = "the body did not arrive: " + chunk.getFailure().getMessage();
          refuse(response, callback, ErrorMapper.fault(Fault.TOO_SLOW, reason, Map.of()));
          return;
        }
        boolean last = chunk.isLast();
        Optional<Problem> refused = take(chunk);
        chunk.release();
        if (refused.isPresent()) {
          refuseUnread(request, response, callback, refused.get());
          return;
        }
        if (last) {
          request.setAttribute(Body.ATTRIBUTE, body.toByteArray());
          proceed(request, response, callback);
          return;
        }
      }
      request.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, this));
    }

    private Optional<Problem> take(Content.Chunk chunk) {
      int more = chunk.remaining();
      if (body.size() + more > limit) {
        return Optional.of(tooLarge(limit));
      }
      if (!budget.tryAcquire(more)) {
        return Optional.of(
            ErrorMapper.fault(
                Fault.UNAVAILABLE, "too many request bodies are under way", Map.of()));
      }
      byte[] bytes = new byte[more];
      chunk.get(bytes, 0, more);
      body.writeBytes(bytes);
      return Optional.empty();
    }
  }

  private void proceed(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, 404);
      }
    } catch (Exception e) {
      Response.writeError(request, response, callback, e);
    }
  }

  private static void refuseUnread(
      Request request, Response response, Callback callback, Problem problem) {
    new Discarding(request, () -> refuse(response, callback, problem)).begin();
  }

  private static void refuse(Response response, Callback callback, Problem problem) {
    // The rest of the body is not read, so the connection cannot be used again.
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    Problems.write(response, callback, problem);
  }

  /**
   * Discards the rest of a body before the answer. A connection that is closed while its client
   * still sends is reset, and the answer may be lost with it (RFC 9112, section 9.6).
   */
  private static final class Discarding implements Runnable {
    private static final long LIMIT = 8 << 20;

    private final Request request;
    private final Runnable answer;
    private long discarded;

    Discarding(Request request, Runnable answer) {
      this.request = request;
      this.answer = answer;
    }

    void begin() {
      // A client that expects 100-continue has not sent the body yet: answer before it does.
      if (request.getHeaders().contains(HttpHeader.EXPECT)) {
        answer.run();
      } else {
        run();
      }
    }

    @Override
    public void run() {
      Content.Chunk chunk = request.read();
      while (chunk != null && !isOver(chunk)) {
        chunk.release();
        chunk = request.read();
      }
      if (chunk == null) {
        request.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, this));
      } else {
        chunk.release();
        answer.run();
      }
    }

    private boolean isOver(Content.Chunk chunk) {
      discarded += chunk.remaining();
      return chunk.isLast() || Content.Chunk.isFailure(chunk) || discarded > LIMIT;
    }
  }

  private static Problem tooLarge(int limit) {
    return ErrorMapper.fault(
        Fault.TOO_LARGE, "the body is larger than " + (limit >> 20) + " MiB", Map.of());
  }
}
