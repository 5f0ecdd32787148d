// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.http.HttpHeaders;

/**
 * What one member answered to a read.
 *
 * @param status of HTTP
 * @param headers of it
 * @param body as it came
 * @param problem {@code title: detail}, if it was no success; else empty
 */
public record Fetched(int status, HttpHeaders headers, String body, String problem) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Whether it is what was asked for. */
  public boolean ok() {
    return problem.isEmpty();
  }

  /** The body as JSON; a missing node if it is none, or if it was refused. */
  public JsonNode json() {
    if (!ok()) {
      return MissingNode.getInstance();
    }
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** A header; empty if it has none. */
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
