package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.command.Command;

/**
 * A change that a route asks for.
 *
 * @param command the change
 * @param seedRoute whether Quiver's own coordinator has the route
 */
record Change(Command command, boolean seedRoute) {
  static Change seed(Command command) {
    return new Change(command, true);
  }

  static Change ours(Command command) {
    return new Change(command, false);
  }
}
