package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AddJoiningShard;
import io.quiverdb.coordinator.command.Command.AddReplica;
import io.quiverdb.coordinator.command.Command.AddShard;
import io.quiverdb.coordinator.command.Command.AdmitMember;
import io.quiverdb.coordinator.command.Command.AllocateId;
import io.quiverdb.coordinator.command.Command.Bootstrap;
import io.quiverdb.coordinator.command.Command.CancelLeave;
import io.quiverdb.coordinator.command.Command.MarkLeaving;
import io.quiverdb.coordinator.command.Command.PromoteShard;
import io.quiverdb.coordinator.command.Command.RaiseFormat;
import io.quiverdb.coordinator.command.Command.RegisterRouter;
import io.quiverdb.coordinator.command.Command.RemoveReplica;
import io.quiverdb.coordinator.command.Command.RemoveRouter;
import io.quiverdb.coordinator.command.Command.RemoveShard;
import io.quiverdb.coordinator.command.Command.Restore;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MapChange;
import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Result.IdResult;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Result.NoResult;
import java.util.function.LongFunction;

/** One rule for each command. */
final class Rules {
  private Rules() {}

  static Applied decide(ClusterState state, EntryId entry, Stamp stamp, Command command) {
    if (command instanceof Bootstrap bootstrap) {
      return Beginnings.bootstrap(state, stamp, bootstrap);
    }
    if (command instanceof RaiseFormat raise) {
      return raiseFormat(state, entry, raise);
    }
    if (command instanceof AdmitMember admit) {
      return admitMember(state, entry, admit);
    }
    if (!state.bootstrapped()) {
      return rejected(
          state,
          Refusal.NOT_BOOTSTRAPPED,
          "nothing has been bootstrapped yet; configure bootstrap on one member");
    }
    return MoveInTheWay.refuse(state, command)
        .or(() -> MigrationRules.decide(new Turn(state, entry, stamp), command))
        .orElseGet(() -> decideByHand(state, command));
  }

  private static Applied decideByHand(ClusterState state, Command command) {
    if (command instanceof AddShard add) {
      return withNewId(state, id -> state.map().add(id, add.primaryUrl(), add.replicaUrls()));
    }
    if (command instanceof AddJoiningShard add) {
      return withNewId(
          state, id -> state.map().addJoining(id, add.primaryUrl(), add.replicaUrls()));
    }
    if (command instanceof AllocateId) {
      return allocate(state);
    }
    if (command instanceof PromoteShard promote) {
      return change(state, state.map().promote(promote.shardId()));
    }
    if (command instanceof RemoveShard remove) {
      return change(state, state.map().remove(remove.shardId()));
    }
    if (command instanceof MarkLeaving mark) {
      return change(state, state.map().markLeaving(mark.shardId()));
    }
    if (command instanceof CancelLeave cancel) {
      return change(state, state.map().cancelLeave(cancel.shardId()));
    }
    if (command instanceof AddReplica add) {
      return change(state, state.map().addReplica(add.shardId(), add.url()));
    }
    if (command instanceof RemoveReplica remove) {
      return change(state, state.map().removeReplica(remove.shardId(), remove.url()));
    }
    if (command instanceof RegisterRouter register) {
      return RouterRules.register(state, register);
    }
    if (command instanceof RemoveRouter remove) {
      return RouterRules.remove(state, remove);
    }
    return Beginnings.restore(state, (Restore) command);
  }

  /** The id is used up whether the map takes the shard or not, as Quiver's coordinator does. */
  private static Applied withNewId(ClusterState state, LongFunction<MapChange> add) {
    long id = state.nextId();
    return id == -1L ? exhausted(state) : change(state.withNextId(id + 1), add.apply(id));
  }

  private static Applied allocate(ClusterState state) {
    long id = state.nextId();
    return id == -1L ? exhausted(state) : accepted(state.withNextId(id + 1), new IdResult(id));
  }

  static Applied exhausted(ClusterState state) {
    return rejected(state, Refusal.COUNTER_EXHAUSTED, "no shard id is left");
  }

  private static Applied raiseFormat(ClusterState state, EntryId entry, RaiseFormat raise) {
    if (raise.leaderTerm() != entry.term()) {
      return staleTerm(state, entry, raise.leaderTerm());
    }
    if (raise.format() - 1 != state.format()) {
      return rejected(
          state,
          Refusal.FORMAT_MISMATCH,
          "format " + raise.format() + " does not follow " + state.format());
    }
    return accepted(state.withFormat(raise.format()), new NoResult());
  }

  private static Applied admitMember(ClusterState state, EntryId entry, AdmitMember admit) {
    if (admit.leaderTerm() != entry.term()) {
      return staleTerm(state, entry, admit.leaderTerm());
    }
    if (state.incarnations().retired().contains(admit.incarnation())) {
      return rejected(
          state,
          Refusal.INCARNATION_RETIRED,
          admit.member() + " does not vote again as " + admit.incarnation());
    }
    return accepted(
        state.withIncarnations(state.incarnations().admit(admit.member(), admit.incarnation())),
        new NoResult());
  }

  static Applied staleTerm(ClusterState state, EntryId entry, long leaderTerm) {
    return rejected(
        state,
        Refusal.STALE_TERM,
        "written by the leader of term " + leaderTerm + ", logged in " + entry.term());
  }

  static Applied change(ClusterState state, MapChange change) {
    if (change instanceof Changed changed) {
      return accepted(state.withMap(changed.map()), new MapResult(changed.map().version()));
    }
    Refused refused = (Refused) change;
    return rejected(state, refused.refusal(), refused.detail());
  }

  static Applied accepted(ClusterState state, Result result) {
    return new Applied(state, new Accepted(result), false);
  }

  static Applied rejected(ClusterState state, Refusal refusal, String detail) {
    return new Applied(state, new Rejected(refusal, detail, state.map().version()), false);
  }
}
