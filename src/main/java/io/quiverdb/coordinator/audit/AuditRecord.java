// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One thing that was asked.
 *
 * @param millis when, since the epoch
 * @param actor the id of the caller's key, or what names an unknown one without showing it
 * @param action what was asked
 * @param resource what it was asked of
 * @param outcome what became of it
 */
public record AuditRecord(
    long millis, String actor, String action, String resource, Outcome outcome) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What became of a request. */
  public enum Outcome {
    /** It was done. */
    OK,
    /** The caller may not ask this. */
    DENIED,
    /** The caller may, but it was refused or failed. */
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
