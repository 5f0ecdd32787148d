// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.ClusterBackupCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AdmitMember;
import io.quiverdb.coordinator.command.Command.AllocateId;
import io.quiverdb.coordinator.command.Command.Bootstrap;
import io.quiverdb.coordinator.command.Command.FinishMemberStep;
import io.quiverdb.coordinator.command.Command.LeaderCommand;
import io.quiverdb.coordinator.command.Command.MapCommand;
import io.quiverdb.coordinator.command.Command.MemberCommand;
import io.quiverdb.coordinator.command.Command.MigrationOrder;
import io.quiverdb.coordinator.command.Command.RaiseFormat;
import io.quiverdb.coordinator.command.Command.RecordMembers;
import io.quiverdb.coordinator.command.Command.RouterCommand;
import io.quiverdb.coordinator.command.Command.StartMigration;
import io.quiverdb.coordinator.command.Command.StepCommand;
import io.quiverdb.coordinator.command.GrowthCommand;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Result.IdResult;
import io.quiverdb.coordinator.model.Result.NoResult;

/** Finds the rule of each command, and checks what a whole family requires. */
final class Rules {
  private Rules() {}

  static Applied decide(ClusterState state, EntryId entry, Stamp stamp, Command command) {
    if (command instanceof LeaderCommand written && written.leaderTerm() != entry.term()) {
      return staleTerm(state, entry, written);
    }
    if (command instanceof Bootstrap bootstrap) {
      return BootstrapRules.bootstrap(state, stamp, bootstrap);
    }
    if (command instanceof RaiseFormat raise) {
      return raiseFormat(state, raise);
    }
    if (command instanceof AdmitMember admit) {
      return admitMember(state, admit);
    }
    if (command instanceof RecordMembers record) {
      return MemberRules.record(state, record);
    }
    if (command instanceof FinishMemberStep finish) {
      return MemberRules.finish(state, entry, stamp, finish);
    }
    if (command instanceof MemberCommand change) {
      return MemberRules.decide(state, entry, stamp, change);
    }
    return state.bootstrapped()
        ? decide(new EntryContext(state, entry, stamp), command)
        : rejected(
            state,
            Refusal.NOT_BOOTSTRAPPED,
            "nothing has been bootstrapped yet; configure bootstrap on one member");
  }

  private static Applied decide(EntryContext context, Command command) {
    ClusterState state = context.state();
    if (command instanceof MapCommand change) {
      return Exclusion.ofChange(context).orElseGet(() -> MapRules.decide(context, change));
    }
    if (command instanceof StartMigration start) {
      return MigrationStart.start(context, start, MigrationOrigin.OPERATOR);
    }
    if (command instanceof StepCommand step) {
      return MigrationRules.decide(context, step);
    }
    if (command instanceof MigrationOrder order) {
      return MigrationRules.decide(context, order);
    }
    if (command instanceof CheckCommand check) {
      return CheckRules.decide(context, check);
    }
    if (command instanceof PlanCommand plan) {
      return PlanRules.decide(context, plan);
    }
    if (command instanceof GrowthCommand growth) {
      return GrowthRules.decide(context, growth);
    }
    if (command instanceof ClusterBackupCommand backup) {
      return BackupRules.decide(context, backup);
    }
    if (command instanceof RouterCommand router) {
      return RouterRules.decide(state, router);
    }
    if (command instanceof AllocateId) {
      return allocate(state);
    }
    throw missing(command);
  }

  /** Unreachable: a test applies every kind of command. */
  static IllegalStateException missing(Command command) {
    return new IllegalStateException("no rule for the command " + command.wireName());
  }

  private static Applied allocate(ClusterState state) {
    long id = state.nextId();
    return id == -1L ? exhausted(state) : accepted(state.withNextId(id + 1), new IdResult(id));
  }

  static Applied exhausted(ClusterState state) {
    return rejected(state, Refusal.COUNTER_EXHAUSTED, "no shard id is left");
  }

  private static Applied raiseFormat(ClusterState state, RaiseFormat raise) {
    if (raise.format() - 1 != state.format()) {
      return rejected(
          state,
          Refusal.FORMAT_MISMATCH,
          "format " + raise.format() + " does not follow " + state.format());
    }
    return accepted(state.withFormat(raise.format()), new NoResult());
  }

  private static Applied admitMember(ClusterState state, AdmitMember admit) {
    if (state.incarnations().retired().contains(admit.incarnation())) {
      return rejected(
          state,
          Refusal.INCARNATION_RETIRED,
          admit.member() + " does not vote again as " + admit.incarnation());
    }
    if (state.members().isRecorded() && state.members().find(admit.member()).isEmpty()) {
      return rejected(
          state, Refusal.UNKNOWN_MEMBER, "the ensemble has no member " + admit.member());
    }
    return accepted(
        state.withIncarnations(state.incarnations().admit(admit.member(), admit.incarnation())),
        new NoResult());
  }

  private static Applied staleTerm(ClusterState state, EntryId entry, LeaderCommand written) {
    return rejected(
        state,
        Refusal.STALE_TERM,
        "written by the leader of term " + written.leaderTerm() + ", logged in " + entry.term());
  }

  static Applied accepted(ClusterState state, Result result) {
    return new Applied(state, new Accepted(result), false);
  }

  static Applied rejected(ClusterState state, Refusal refusal, String detail) {
    return new Applied(state, new Rejected(refusal, detail, state.map().version()), false);
  }
}
