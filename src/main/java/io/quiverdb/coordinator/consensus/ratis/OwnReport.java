// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberListReport;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.ClusterState;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Builds this member's report for the others. Thread-safe. */
final class OwnReport {
  private final RatisSettings settings;
  private final Leadership leadership;
  private final Reads reads;
  private final StateView view;
  private final Supplier<Map<String, String>> unreachable;
  private final VoteGate gate;
  private final int maxFormat;
  private final Clock clock;
  private final String version;
  private final Supplier<Optional<String>> waitingOn;

  OwnReport(
      RatisSettings settings,
      Leadership leadership,
      Reads reads,
      StateView view,
      Supplier<Map<String, String>> unreachable,
      VoteGate gate,
      int maxFormat,
      Clock clock,
      String version,
      Supplier<Optional<String>> waitingOn) {
    this.settings = settings;
    this.leadership = leadership;
    this.reads = reads;
    this.view = view;
    this.unreachable = unreachable;
    this.gate = gate;
    this.maxFormat = maxFormat;
    this.clock = clock;
    this.version = version;
    this.waitingOn = waitingOn;
  }

  /** The report. */
  MemberReport of(Optional<DataDirectory> opened, Optional<RaftNode> running) {
    Leadership.View leading = leadership.current();
    Optional<Duration> staleness = reads.staleness();
    // Before it starts, a member with data does not know yet whether the data can be read.
    Optional<Identity> identity =
        opened
            .map(DataDirectory::identity)
            .filter(found -> running.isPresent() || !found.formatted());
    long lastLogged = running.map(RaftNode::lastLogIndex).orElse(-1L);
    return new MemberReport(
        settings.memberId(),
        settings.ensemble(),
        identity.map(Identity::incarnation).orElse(""),
        settings.memberList(),
        opened.map(it -> it.identity().known()).orElse(Map.of()),
        opened.map(it -> it.identity().retired()).orElse(List.of()),
        identity.isPresent() && lastLogged < 0,
        leading.role(),
        isFresh(staleness) && leading.role() != Leadership.Role.REJOINING,
        leading.term(),
        lastLogged,
        leading.commitIndex(),
        view.current().index(),
        staleness.map(age -> OptionalLong.of(age.toMillis())).orElse(OptionalLong.empty()),
        isFresh(staleness) ? Map.of() : unreachable.get(),
        gate.reason(),
        maxFormat,
        settings.bootable(),
        view.current().state().bootstrapped(),
        clock.millis(),
        list(opened));
  }

  private MemberListReport list(Optional<DataDirectory> opened) {
    ClusterState state = view.current().state();
    return new MemberListReport(
        opened.map(it -> it.identity().peer()).orElse(""),
        version,
        state.format(),
        state.members().members().stream().map(Member::of).toList(),
        state.members().removed(),
        waitingOn.get());
  }

  private boolean isFresh(Optional<Duration> staleness) {
    return staleness.isPresent() && staleness.get().compareTo(settings.freshWithin()) < 0;
  }
}
