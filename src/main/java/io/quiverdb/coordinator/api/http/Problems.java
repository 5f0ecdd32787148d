// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes problem documents in handlers that run before the framework. */
public final class Problems {
  private Problems() {}

  /**
   * Writes one.
   *
   * @return its status
   */
  public static int write(Response response, Callback callback, Problem problem) {
    byte[] body = problem.body();
    response.setStatus(problem.status());
    for (Map.Entry<String, String> header : problem.headers().entrySet()) {
      response.getHeaders().put(header.getKey(), header.getValue());
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
    return problem.status();
  }
}
