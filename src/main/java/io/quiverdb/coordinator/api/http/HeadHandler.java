// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Handles HEAD like GET; the server leaves the body out. The framework would answer 200 without
 * calling the route, so that a probe of {@code /readyz} would see a wrong status.
 */
public final class HeadHandler extends Handler.Wrapper {
  /** Wraps the next handler. */
  public HeadHandler(Handler next) {
    super(next);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    return super.handle(
        request.getMethod().equals("HEAD") ? new AsGet(request) : request, response, callback);
  }

  /** Whether the request was a HEAD before this handler. */
  public static boolean isHead(Request request) {
    return Request.as(request, AsGet.class) != null;
  }

  private static final class AsGet extends Request.Wrapper {
    AsGet(Request request) {
      super(request);
    }

    @Override
    public String getMethod() {
      return "GET";
    }
  }
}
