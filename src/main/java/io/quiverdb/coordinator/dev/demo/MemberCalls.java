// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.http.HttpReply;
import io.quiverdb.coordinator.http.NeverSentException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/**
 * Calls members, routers and shards like a user's program, and reports what surely did not happen.
 */
final class MemberCalls implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 16 << 20;

  private final BoundedHttp http = new BoundedHttp("demo", Duration.ofSeconds(1), 256);

  /**
   * The answer, or its absence.
   *
   * @param status of HTTP; 0: no answer
   * @param mayHaveHappened whether a change may have taken effect although it was not acknowledged
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, byte[] body, boolean mayHaveHappened) {
    boolean ok() {
      return status == 200;
    }

    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (IOException e) {
        return MissingNode.getInstance();
      }
    }

    /** Status and body, for a message. */
    String told() {
      String text = new String(body, StandardCharsets.UTF_8);
      return status + " " + text.substring(0, Math.min(200, text.length()));
    }
  }

  Answer get(URI member, String path) {
    return call(member, path, "GET", "", "");
  }

  Answer delete(URI member, String path) {
    return delete(member, path, "");
  }

  Answer delete(URI member, String path, String body) {
    return call(member, path, "DELETE", body, "");
  }

  Answer put(URI member, String path, String body) {
    return call(member, path, "PUT", body, "");
  }

  /**
   * Posts JSON.
   *
   * @param key idempotency key; empty: none
   */
  Answer post(URI member, String path, String body, String key) {
    return call(member, path, "POST", body, key);
  }

  private Answer call(URI member, String path, String method, String body, String key) {
    try {
      HttpRequest.Builder request =
          BoundedHttp.request(member.toString(), path)
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body));
      if (!key.isEmpty()) {
        request.header("Idempotency-Key", key);
      }
      HttpReply reply = http.send(request.build(), LIMIT, MAX_BYTES).join();
      boolean unknown = reply.status() == 504 || reply.status() == 500;
      return new Answer(reply.status(), reply.body(), unknown);
    } catch (NeverSentException e) {
      return new Answer(0, new byte[0], false);
    } catch (CompletionException e) {
      boolean never = Failures.cause(e) instanceof NeverSentException;
      return new Answer(0, new byte[0], !never);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
