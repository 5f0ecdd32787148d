package io.quiverdb.coordinator.api;

import java.util.Map;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads a request's body whole and without a thread that waits for it, so that slow senders hold
 * nothing but their connection. Bodies are bounded one by one and together.
 */
final class BodyHandler extends Handler.Wrapper {
  static final int LIMIT = 1 << 20;
  static final int RESTORE_LIMIT = 3 << 20;
  private static final int BUDGET = 24 << 20;

  private final Semaphore budget = new Semaphore(BUDGET);

  BodyHandler(Handler next) {
    super(next);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    long length = request.getLength();
    if (length == 0
        || (length < 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING))) {
      return super.handle(request, response, callback);
    }
    int limit = request.getHttpURI().getPath().equals("/cluster/restore") ? RESTORE_LIMIT : LIMIT;
    if (length > limit) {
      refuseUnread(request, response, callback, Fault.TOO_LARGE, tooLarge(limit));
      return true;
    }
    int reserved = length < 0 ? limit : (int) length;
    if (!budget.tryAcquire(reserved)) {
      refuseUnread(
          request, response, callback, Fault.UNAVAILABLE, "too many request bodies are under way");
      return true;
    }
    Callback releasing = Callback.from(callback, () -> budget.release(reserved));
    Content.Source.asByteArrayAsync(
        request,
        limit,
        Promise.Invocable.from(
            Invocable.InvocationType.NON_BLOCKING,
            body -> {
              request.setAttribute(Body.ATTRIBUTE, body);
              proceed(request, response, releasing);
            },
            failure -> refuseBroken(response, releasing, failure, limit)));
    return true;
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

  private static void refuseBroken(
      Response response, Callback callback, Throwable failure, int limit) {
    if (failure instanceof IllegalStateException) {
      refuse(response, callback, Fault.TOO_LARGE, tooLarge(limit));
    } else {
      refuse(
          response, callback, Fault.TOO_SLOW, "the body did not arrive: " + failure.getMessage());
    }
  }

  private static void refuseUnread(
      Request request, Response response, Callback callback, Fault fault, String detail) {
    new Discarding(request, () -> refuse(response, callback, fault, detail)).begin();
  }

  private static void refuse(Response response, Callback callback, Fault fault, String detail) {
    // What is left of the body is not read: the connection cannot be used again.
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    Problems.write(response, callback, ErrorMapper.fault(fault, detail, Map.of()));
  }

  /**
   * Lets the rest of a body go before the answer. A connection that is closed while its client
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
      // Who asked first has not sent anything, and is told before it does.
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

  private static String tooLarge(int limit) {
    return "the body is larger than " + (limit >> 20) + " MiB";
  }
}
