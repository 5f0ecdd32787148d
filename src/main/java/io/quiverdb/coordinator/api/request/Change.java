package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.command.Command;
import java.util.OptionalLong;

/**
 * A change that a route asks for.
 *
 * @param command the change
 * @param seedRoute whether Quiver's own coordinator has the route
 * @param migration the move that the route names, for the problem document
 */
public record Change(Command command, boolean seedRoute, OptionalLong migration) {
  public static Change seed(Command command) {
    return new Change(command, true, OptionalLong.empty());
  }

  public static Change ours(Command command) {
    return new Change(command, false, OptionalLong.empty());
  }

  public static Change of(long migration, Command command) {
    return new Change(command, false, OptionalLong.of(migration));
  }
}
