// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes {@link NodeHeaders} before anything else is decided about a request. */
final class NodeHeadersHandler extends Handler.Wrapper {
  private final NodeHeaders headers;

  NodeHeadersHandler(NodeHeaders headers, Handler next) {
    super(next);
    this.headers = headers;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    headers.write(response);
    return super.handle(request, response, callback);
  }
}
