// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.QuiverRequest;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A request to a shard.
 *
 * @param from the process that sends it
 * @param kind whose request it is
 * @param method of HTTP
 * @param path without the base URL
 * @param body JSON; empty: none
 * @param operations the clients' operations that it belongs to
 * @param patience the most ns that it may be under way, while everything answers, before it takes
 *     effect and its answer is back
 */
record Call(
    String from,
    Kind kind,
    String method,
    String path,
    String body,
    List<Operation> operations,
    long patience) {
  /** No id of a world has anything in it that JSON escapes. */
  private static final Pattern IDS = Pattern.compile("\"id\":\"([^\"]*)\"");

  /** Who sends requests to shards. */
  enum Kind {
    /** A router, for a client. */
    CLIENT,
    /** The coordinator. */
    COORDINATOR
  }

  QuiverRequest request() {
    return body.isEmpty() ? QuiverRequest.of(method, path) : QuiverRequest.of(method, path, body);
  }

  boolean isSearch() {
    return path.endsWith("/query");
  }

  /** Whether it can change points or collections; a delete of no ids changes nothing. */
  boolean changes() {
    return switch (method) {
      case "DELETE" -> !body.equals("{\"ids\":[]}");
      case "POST" -> !isSearch() && !path.endsWith("/fetch");
      default -> false;
    };
  }

  /** Whether a whole collection goes with it. */
  boolean dropsCollection() {
    return method.equals("DELETE") && !path.endsWith("/points");
  }

  /** The ids of the points that it writes, as they stand in it. */
  List<String> ids() {
    return IDS.matcher(body).results().map(found -> found.group(1)).toList();
  }

  @Override
  public String toString() {
    return from
        + " "
        + method
        + " "
        + path
        + " "
        + (body.length() > 160 ? body.substring(0, 160) : body);
  }
}
