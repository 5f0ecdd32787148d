// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.quiverdb.coordinator.auth.Keys;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Tells the connections of callers from those of strangers. A request to an open route makes nobody
 * a caller.
 */
public final class CallerHandler extends Handler.Wrapper {
  private final Keys keys;

  /** Those are callers who have one of these keys; everybody, where there are none. */
  public CallerHandler(Keys keys, Handler next) {
    super(next);
    this.keys = keys;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Connection connection = request.getConnectionMetaData().getConnection();
    Strangers.of(request)
        .filter(strangers -> strangers.contains(connection))
        .filter(
            strangers ->
                keys.authenticate(request.getHeaders().get(HttpHeader.AUTHORIZATION)).isPresent())
        .ifPresent(strangers -> strangers.remove(connection));
    return super.handle(request, response, callback);
  }
}
