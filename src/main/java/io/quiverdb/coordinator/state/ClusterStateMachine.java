// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.CheckCommand.BeginCheck;
import io.quiverdb.coordinator.command.CheckCommand.BeginSweep;
import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.command.CheckCommand.RecordSweep;
import io.quiverdb.coordinator.command.ClusterBackupCommand.RecordSnapshot;
import io.quiverdb.coordinator.command.Command.AdmitMember;
import io.quiverdb.coordinator.command.Command.BeginPhase;
import io.quiverdb.coordinator.command.Command.FinishMemberStep;
import io.quiverdb.coordinator.command.Command.RecordMembers;
import io.quiverdb.coordinator.command.Command.ReportProgress;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.HistoryEntry;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.RememberedOutcome;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The replicated state machine: a pure function from a state and an entry to the next state and an
 * outcome. It is total: every logged command has an outcome, and a refusal is an ordinary outcome.
 * Every member calls it for every entry in log order; equal inputs give equal results.
 */
public final class ClusterStateMachine {
  private ClusterStateMachine() {}

  /**
   * Applies one entry.
   *
   * <p>A known idempotency key is answered before any other check, so that a repetition neither
   * meets its own effect nor uses up an id.
   */
  public static Applied apply(ClusterState before, EntryId entry, Proposal proposal) {
    ClusterState clocked = before.withClock(proposal.stamp().countedMillis());
    ClusterState state =
        clocked.withIdempotency(clocked.idempotency().expire(clocked.clockMillis()));
    Optional<Applied> known =
        proposal.idempotencyKey().flatMap(key -> repeated(state, proposal.stamp().keyId(), key));
    if (known.isPresent()) {
      return known.get();
    }
    Applied decided = decide(state, entry, proposal);
    Applied applied =
        CheckRules.afterwards(
            GrowthRules.afterwards(state, PlanRules.afterwards(state, decided, proposal.stamp())),
            proposal.stamp());
    ClusterState remembered = remember(applied.state(), entry, proposal, applied.outcome());
    return new Applied(
        isOfNote(proposal, state, remembered)
            ? record(remembered, entry, proposal, applied.outcome())
            : remembered,
        applied.outcome(),
        false);
  }

  private static Optional<Applied> repeated(
      ClusterState state, String apiKeyId, IdempotencyKey key) {
    return state
        .idempotency()
        .find(apiKeyId, key.key())
        .map(
            first ->
                first.fingerprint().equals(key.fingerprint())
                    ? new Applied(state, first.outcome(), true)
                    : new Applied(
                        state,
                        new Rejected(
                            Refusal.IDEMPOTENCY_KEY_REUSED,
                            "this idempotency key was used before, for another request",
                            state.map().version()),
                        false));
  }

  private static Applied decide(ClusterState state, EntryId entry, Proposal proposal) {
    long version = state.map().version();
    OptionalLong expected = proposal.expectedMapVersion();
    if (expected.isPresent() && expected.getAsLong() != version) {
      return new Applied(state, Rejected.otherVersion(version, expected.getAsLong()), false);
    }
    return Rules.decide(state, entry, proposal.stamp(), proposal.command());
  }

  private static ClusterState remember(
      ClusterState state, EntryId entry, Proposal proposal, Outcome outcome) {
    // Not remembered: a repetition after the bootstrap must be decided again.
    return proposal
        .idempotencyKey()
        .filter(key -> state.bootstrapped() && !passes(outcome))
        .map(
            key ->
                state.withIdempotency(
                    state
                        .idempotency()
                        .plus(
                            proposal.stamp().keyId(),
                            key.key(),
                            new RememberedOutcome(
                                key.fingerprint(), entry.index(), state.clockMillis(), outcome))))
        .orElse(state);
  }

  /**
   * Refusals that a repetition may turn into an acceptance: a deposed leader, or another map
   * version than expected.
   */
  private static boolean passes(Outcome outcome) {
    return outcome instanceof Rejected rejected
        && (rejected.refusal() == Refusal.STALE_TERM
            || rejected.refusal() == Refusal.VERSION_MISMATCH);
  }

  private static boolean isOfNote(Proposal proposal, ClusterState before, ClusterState after) {
    // One a second during a migration, and one at each election in it: they would displace all
    // other entries.
    if (proposal.command() instanceof ReportProgress
        || proposal.command() instanceof BeginPhase
        || proposal.command() instanceof BeginCheck
        || proposal.command() instanceof RecordCheck
        || proposal.command() instanceof RecordSnapshot
        || proposal.command() instanceof BeginSweep
        || proposal.command() instanceof RecordSweep) {
      return false;
    }
    // A leader that was just replaced may repeat it.
    if (proposal.command() instanceof RecordMembers
        || proposal.command() instanceof FinishMemberStep) {
      return !before.members().equals(after.members());
    }
    // The first leader records the incarnations of the founders.
    return !(proposal.command() instanceof AdmitMember)
        || !before.incarnations().retired().equals(after.incarnations().retired());
  }

  private static ClusterState record(
      ClusterState state, EntryId entry, Proposal proposal, Outcome outcome) {
    return state.withHistory(
        state
            .history()
            .plus(
                new HistoryEntry(
                    entry.index(),
                    entry.term(),
                    proposal.stamp().epochMillis(),
                    proposal.stamp().node(),
                    proposal.stamp().keyId(),
                    HistoryText.of(proposal.command()),
                    HistoryText.of(outcome))));
  }
}
