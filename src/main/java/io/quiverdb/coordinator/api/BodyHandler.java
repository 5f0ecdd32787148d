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
      return refuse(response, callback, Fault.TOO_LARGE, tooLarge(limit));
    }
    int reserved = length < 0 ? limit : (int) length;
    if (!budget.tryAcquire(reserved)) {
      return refuse(response, callback, Fault.UNAVAILABLE, "too many request bodies are under way");
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

  private static boolean refuse(Response response, Callback callback, Fault fault, String detail) {
    // What is left of the body is not read: the connection cannot be used again.
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    Problems.write(response, callback, ErrorMapper.fault(fault, detail, Map.of()));
    return true;
  }

  private static String tooLarge(int limit) {
    return "the body is larger than " + (limit >> 20) + " MiB";
  }
}
