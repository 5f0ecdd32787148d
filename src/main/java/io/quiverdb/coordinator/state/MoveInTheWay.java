package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AddJoiningShard;
import io.quiverdb.coordinator.command.Command.AddReplica;
import io.quiverdb.coordinator.command.Command.AddShard;
import io.quiverdb.coordinator.command.Command.CancelLeave;
import io.quiverdb.coordinator.command.Command.MarkLeaving;
import io.quiverdb.coordinator.command.Command.PromoteShard;
import io.quiverdb.coordinator.command.Command.RemoveReplica;
import io.quiverdb.coordinator.command.Command.RemoveShard;
import io.quiverdb.coordinator.command.Command.Restore;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Refusal;
import java.util.Optional;

/** What must not happen beside a move: whoever else changes the map would pull it from under it. */
final class MoveInTheWay {
  private MoveInTheWay() {}

  /** The refusal of a command that changes the map by hand while a move is active. */
  static Optional<Applied> refuse(ClusterState state, Command command) {
    return state
        .migrations()
        .active()
        .filter(migration -> changesTheMap(command))
        .map(migration -> refuse(state, migration));
  }

  static Applied refuse(ClusterState state, Migration migration) {
    return Rules.rejected(
        state,
        Refusal.MIGRATION_ACTIVE,
        Turn.named(migration)
            + "; wait for its end"
            + (migration.reversible() ? ", or cancel it" : ""));
  }

  private static boolean changesTheMap(Command command) {
    return command instanceof AddShard
        || command instanceof AddJoiningShard
        || command instanceof PromoteShard
        || command instanceof RemoveShard
        || command instanceof MarkLeaving
        || command instanceof CancelLeave
        || command instanceof AddReplica
        || command instanceof RemoveReplica
        || command instanceof Restore;
  }
}
