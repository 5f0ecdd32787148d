// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.ErrorMapper;
import io.quiverdb.coordinator.api.http.Problem;
import io.quiverdb.coordinator.api.http.Problems;
import io.quiverdb.coordinator.api.request.Recorder;
import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers requests that are no valid HTTP with a problem document. */
final class ProblemErrorHandler extends ErrorHandler {
  private final NodeHeaders headers;
  private final Recorder recorder;

  ProblemErrorHandler(NodeHeaders headers, Recorder recorder) {
    this.headers = headers;
    this.recorder = recorder;
  }

  /** The server would answer a PUT or a DELETE without a body. */
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    headers.write(response);
    String detail = message == null || status >= 500 ? "the request cannot be served" : message;
    recorder.answered("OTHER", "unknown", status);
    Problems.write(
        response,
        callback,
        new Problem(status, ErrorMapper.title(status), detail, Map.of(), Map.of()));
  }
}
