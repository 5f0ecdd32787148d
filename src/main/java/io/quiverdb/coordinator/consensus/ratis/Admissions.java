// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.Incarnations;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Records in the log the incarnations under which members vote, so that the next leader knows them
 * too. Used by the leader, on one thread. The rules refuse a record of an older term.
 */
final class Admissions {
  private final RatisSettings settings;
  private final Supplier<Identity> identity;
  private final StateView view;
  private final RoundCommands commands;

  Admissions(
      RatisSettings settings, Supplier<Identity> identity, StateView view, RoundCommands commands) {
    this.settings = settings;
    this.identity = identity;
    this.view = view;
    this.commands = commands;
  }

  /**
   * Records the founders of the ensemble, unless an earlier leader has. No member is admitted
   * before that, because the incarnation that it replaces would be unknown.
   *
   * @return whether they are recorded
   */
  boolean foundersAreRecorded(Leadership.View leading) {
    Map<String, String> founders = new TreeMap<>(identity.get().known());
    founders.put(settings.memberId(), identity.get().incarnation());
    founders.keySet().removeAll(recorded().current().keySet());
    founders.values().removeAll(recorded().retired()); // members that were removed since
    commands.submit(
        founders.entrySet().stream()
            .map(each -> new Command.AdmitMember(each.getKey(), each.getValue(), leading.term()))
            .toList());
    return founders.isEmpty();
  }

  /** The incarnation under which a member votes; empty if none was ever recorded. */
  Optional<String> of(String member) {
    return recorded().of(member);
  }

  /**
   * Replaces the current incarnation of a member, if it has one, by another and retires the old
   * one. Does nothing while an earlier record is under way. Does nothing for a retired incarnation
   * either: the log would refuse it in every round.
   */
  void admit(Leadership.View leading, String member, String incarnation) {
    if (!recorded().retired().contains(incarnation)) {
      commands.submit(new Command.AdmitMember(member, incarnation, leading.term()));
    }
  }

  private Incarnations recorded() {
    return view.current().state().incarnations();
  }
}
