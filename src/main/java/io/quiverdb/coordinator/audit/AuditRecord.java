// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One request.
 *
 * @param millis when, since the epoch
 * @param actor the id of the caller's key, or a digest of an unknown key
 * @param action the requested action
 * @param resource the object of the action
 * @param outcome its outcome
 */
public record AuditRecord(
    long millis, String actor, String action, String resource, Outcome outcome) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The outcome of a request. */
  public enum Outcome {
    /** It was carried out. */
    OK,
    /** The caller has no right to it. */
    DENIED,
    /** The caller has the right, but it was refused or failed. */
    ERROR
  }

  /** The line of this record, with its line feed, in the format of Quiver's audit log. */
  byte[] line() {
    try {
      String json =
          MAPPER.writeValueAsString(
              MAPPER
                  .createObjectNode()
                  .put("ts_ms", millis)
                  .put("actor", actor)
                  .put("action", action)
                  .put("resource", resource)
                  .put("outcome", outcome.name().toLowerCase(Locale.ROOT)));
      return (json + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree must have a text", e);
    }
  }
}
