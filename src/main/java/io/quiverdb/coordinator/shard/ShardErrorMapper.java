// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Maps unsuccessful answers of shards to {@link ShardException}. */
final class ShardErrorMapper {
  private static final String PROBLEM = "application/problem+json";
  private static final int MAX_CHARS = 300;

  private ShardErrorMapper() {}

  static ShardException of(String url, ShardRequest request, HttpReply reply) {
    Kind kind =
        switch (reply.status()) {
          case 400, 413, 422 -> Kind.REFUSED;
          case 401, 403 -> Kind.FORBIDDEN;
          // Any server may answer 404; only a shard without the collection answers in this form.
          case 404 -> isProblem(reply) ? Kind.NO_COLLECTION : Kind.BROKEN;
          case 409 -> Kind.EXISTS;
          case 421 -> Kind.RAFT_FOLLOWER;
          case 429 -> Kind.BUSY;
          case 502, 503 -> Kind.UNAVAILABLE;
          case 504 -> Kind.TIMED_OUT;
          default -> Kind.BROKEN;
        };
    String detail = detail(reply.body());
    return new ShardException(
        kind,
        url,
        request + " answered " + reply.status() + (detail.isEmpty() ? "" : ": " + detail));
  }

  /**
   * Whether the answer is 404 and surely empty, which means an absent point. Without a length, a
   * lost body would look empty too.
   */
  static boolean isAbsentPoint(HttpReply reply) {
    return reply.status() == 404
        && reply.body().length == 0
        && (header(reply, "content-length").equals("0")
            || header(reply, "transfer-encoding").equals("chunked"));
  }

  private static boolean isProblem(HttpReply reply) {
    try {
      return header(reply, "content-type").startsWith(PROBLEM)
          && ShardJson.count(ShardJson.object(reply.body()), "status") == reply.status();
    } catch (IOException e) {
      return false;
    }
  }

  private static String header(HttpReply reply, String name) {
    return reply.headers().firstValue(name).orElse("");
  }

  private static String detail(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      JsonNode detail = ShardJson.object(body).path("detail");
      text = detail.isTextual() ? detail.textValue() : text;
    } catch (IOException e) {
      // A shard answers a request that it cannot read in plain text.
    }
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + "...";
  }
}
