// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command.AddJoiningShard;
import io.quiverdb.coordinator.command.Command.AddReplica;
import io.quiverdb.coordinator.command.Command.AddShard;
import io.quiverdb.coordinator.command.Command.MapCommand;
import io.quiverdb.coordinator.command.Command.PromoteShard;
import io.quiverdb.coordinator.command.Command.RemoveReplica;
import io.quiverdb.coordinator.command.Command.RemoveShard;
import io.quiverdb.coordinator.command.Command.Restore;
import io.quiverdb.coordinator.command.Command.SetShardUrl;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.Result.MapResult;
import java.util.function.LongFunction;

/**
 * One rule for each command that changes the map by hand. Called only when no migration is active.
 */
final class MapRules {
  private MapRules() {}

  static Applied decide(EntryContext context, MapCommand command) {
    ClusterState state = context.state();
    if (command instanceof AddShard add) {
      return withNewId(state, id -> state.map().add(id, add.primaryUrl(), add.replicaUrls()));
    }
    if (command instanceof AddJoiningShard add) {
      return withNewId(
          state, id -> state.map().addJoining(id, add.primaryUrl(), add.replicaUrls()));
    }
    if (command instanceof PromoteShard promote) {
      return change(state, state.map().promote(promote.shardId()));
    }
    if (command instanceof RemoveShard remove) {
      return change(state, state.map().remove(remove.shardId()));
    }
    if (command instanceof AddReplica add) {
      return change(state, state.map().addReplica(add.shardId(), add.url()));
    }
    if (command instanceof RemoveReplica remove) {
      return change(state, state.map().removeReplica(remove.shardId(), remove.url()));
    }
    if (command instanceof SetShardUrl set) {
      return change(state, state.map().setUrl(set.shardId(), set.primaryUrl(), set.replicaUrls()));
    }
    if (command instanceof Restore restore) {
      return BootstrapRules.restore(state, restore, context.stamp());
    }
    throw Rules.missing(command);
  }

  /** The id is used up even if the map refuses the shard, as in Quiver's coordinator. */
  private static Applied withNewId(ClusterState state, LongFunction<MapChange> add) {
    long id = state.nextId();
    return id == -1L ? Rules.exhausted(state) : change(state.withNextId(id + 1), add.apply(id));
  }

  private static Applied change(ClusterState state, MapChange change) {
    if (change instanceof Changed changed) {
      return Rules.accepted(state.withMap(changed.map()), new MapResult(changed.map().version()));
    }
    Refused refused = (Refused) change;
    return Rules.rejected(state, refused.refusal(), refused.detail());
  }
}
