// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

import io.quiverdb.coordinator.model.ShardMap;

/** The calls of a migration to routers. Blocking. Thread-safe. */
@FunctionalInterface
public interface RouterApi {
  /**
   * The map that a router works with.
   *
   * @throws RouterException if it does not say so in time, with a message for the operator
   */
  ShardMap adoptedMap(String url) throws RouterException, InterruptedException;

  /**
   * Whether the router knows that shards can be leaving: whether its map has a field {@code
   * leaving}. One that does not (0.27.0) writes past a drain.
   *
   * @throws RouterException if it does not say so in time, with a message for the operator
   */
  default boolean knowsLeaving(String url) throws RouterException, InterruptedException {
    return true;
  }
}
