// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.io.IOException;
import java.util.Optional;

/** The calls of a router to its shards and its coordinator. Thread-safe. */
@FunctionalInterface
public interface ShardCalls {
  /**
   * Makes a request and waits for the answer, however long it takes: Quiver's routers know no
   * time-out.
   *
   * @param url where to: base URL and path, as they stand, with no encoding of ids
   * @param json the body; empty: none
   * @throws IOException if there is no answer
   */
  QuiverResponse call(String method, String url, Optional<String> json) throws IOException;
}
