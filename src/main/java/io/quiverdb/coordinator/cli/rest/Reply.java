// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A response, of any status.
 *
 * @param endpoint the member that sent it
 * @param status of HTTP
 * @param headers of it
 * @param body unchanged
 */
record Reply(Endpoint endpoint, int status, HttpHeaders headers, String body) {
  private static final int MAX_TEXT_CHARS = 200;

  /** The statuses after which another member may succeed. */
  private static final Set<Integer> PASSING = Set.of(502, 503, 504);

  // Exact numbers: a version is an unsigned 64-bit number, and a payload may contain any.
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  Optional<String> retryAfter() {
    return headers.firstValue("Retry-After");
  }

  private Optional<String> location() {
    return headers.firstValue("Location");
  }

  boolean success() {
    return status >= 200 && status < 300;
  }

  boolean passing() {
    return PASSING.contains(status);
  }

  /** Whether the request may have taken effect, or may do so later. */
  boolean outcomeUnknown() {
    return status == 504 || status == 502;
  }

  RestAnswer answer() throws RestException {
    try {
      JsonNode json = MAPPER.readTree(body);
      return new RestAnswer(body, json);
    } catch (IOException e) {
      throw new RestException(
          "Unexpected answer: "
              + endpoint.base()
              + " did not answer with JSON, but with "
              + text(reason(e)),
          List.of("Check that it is a coordinator, not a proxy."));
    }
  }

  boolean redirects() {
    return status / 100 == 3 && location().isPresent();
  }

  /** {@code title: detail} of the problem, or a substitute. */
  String problem() {
    if (redirects()) {
      return "HTTP " + status + ": " + endpoint.base() + " redirects to " + location().get();
    }
    try {
      JsonNode json = MAPPER.readTree(body);
      if (json.path("title").isTextual()) {
        String detail = json.path("detail").asText();
        return json.path("title").asText() + (detail.isEmpty() ? "" : ": " + detail);
      }
    } catch (IOException e) {
      // Text other than JSON, such as the page of a proxy, is shown unchanged.
      return text("no problem document");
    }
    return text("no problem document");
  }

  private String text(String absent) {
    String text = body.strip();
    String shown =
        text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "...";
    return "HTTP " + status + ": " + (shown.isEmpty() ? absent : shown);
  }

  private static String reason(IOException e) {
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
  }
}
