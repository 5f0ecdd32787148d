// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.consensus.Membership;
import java.util.OptionalInt;
import java.util.Set;

/** Metrics of the voting and following members, as one member sees them. Thread-safe. */
final class MemberMetrics {
  private final Membership membership;
  private final Members members;
  private final String self;
  private final MultiGauge following;
  private volatile OptionalInt failureTolerance = OptionalInt.empty();

  MemberMetrics(
      MeterRegistry registry, String prefix, Membership membership, Members members, String self) {
    this.membership = membership;
    this.members = members;
    this.self = self;
    Gauge.builder(
            prefix + "voters",
            () -> membership.voters().map(voters -> (double) voters.size()).orElse(Double.NaN))
        .description("members that vote, by the log of this one; NaN while it has none")
        .register(registry);
    Gauge.builder(
            prefix + "failure_tolerance",
            () -> failureTolerance.isPresent() ? failureTolerance.getAsInt() : Double.NaN)
        .description(
            "how many members may fail now, whichever they are, so that the rest still commits; NaN while this member cannot tell")
        .register(registry);
    this.following =
        MultiGauge.builder(prefix + "member_following")
            .description(
                "1 while this member sees that the other one answers, votes and follows; NaN while it does not follow itself")
            .register(registry);
  }

  /** Rebuilds the rows before each scrape, because members are added and removed. */
  void refresh(Observation seen) {
    failureTolerance = seen.failureTolerance();
    following.register(
        members.all().stream()
            .map(Member::id)
            .filter(id -> !id.equals(self))
            .map(id -> MultiGauge.Row.of(Tags.of("member", id), () -> follows(id)))
            .toList(),
        true);
  }

  private double follows(String id) {
    return membership
        .following()
        .map((Set<String> seen) -> seen.contains(id) ? 1.0 : 0.0)
        .orElse(Double.NaN);
  }
}
