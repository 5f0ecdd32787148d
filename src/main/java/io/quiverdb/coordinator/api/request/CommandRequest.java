// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.command.Command;
import java.util.OptionalLong;

/**
 * A change that a route asks for.
 *
 * @param command the change
 * @param quiverRoute whether Quiver's own coordinator has the route
 * @param migration the migration that the route names, for the problem document
 */
public record CommandRequest(Command command, boolean quiverRoute, OptionalLong migration) {
  /** A change by a route that Quiver's own coordinator has too. */
  public static CommandRequest quiverRoute(Command command) {
    return new CommandRequest(command, true, OptionalLong.empty());
  }

  /** A change by a route that Quiver's own coordinator lacks. */
  public static CommandRequest ours(Command command) {
    return new CommandRequest(command, false, OptionalLong.empty());
  }

  /** An order about one migration. */
  public static CommandRequest of(long migration, Command command) {
    return new CommandRequest(command, false, OptionalLong.of(migration));
  }
}
