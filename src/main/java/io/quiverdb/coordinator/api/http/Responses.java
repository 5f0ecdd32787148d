// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import java.util.Map;

/** Writes answers. */
public final class Responses {
  /** The media type of all answers but problems and spill files. */
  public static final String JSON = "application/json";

  private Responses() {}

  /** Answers 200 with JSON. */
  public static void json(Context ctx, byte[] body) {
    bytes(ctx, 200, JSON, body);
  }

  /** Answers with these bytes. */
  public static void bytes(Context ctx, int status, String contentType, byte[] body) {
    ctx.status(status);
    // The whole body in one buffer: the connection is then written without a thread that waits.
    ctx.res().setBufferSize(Math.max(body.length + 1, 1024));
    ctx.res().setContentLength(body.length);
    ctx.contentType(contentType);
    ctx.result(body);
  }

  /** Answers with plain text. */
  public static void text(Context ctx, int status, String body) {
    ctx.status(status).contentType("text/plain; charset=utf-8").result(body);
  }

  /** Answers with the problem document of a failure. */
  public static void problem(Context ctx, Throwable failure) {
    Problem problem = ErrorMapper.problem(failure);
    for (Map.Entry<String, String> header : problem.headers().entrySet()) {
      ctx.header(header.getKey(), header.getValue());
    }
    bytes(ctx, problem.status(), Problem.CONTENT_TYPE, problem.body());
  }
}
