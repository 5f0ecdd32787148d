// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import io.quiverdb.coordinator.api.health.Observed.Member;
import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.consensus.Quorum;
import io.quiverdb.coordinator.model.MemberChange;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The indicators of the members and their quorum. */
final class EnsembleIndicators {
  private EnsembleIndicators() {}

  static Indicator quorum(Observed seen) {
    Findings findings = new Findings(Subject.QUORUM);
    List<Member> voters = seen.members().stream().filter(Member::isVoter).toList();
    List<String> silent = voters.stream().filter(m -> !m.answers()).map(Member::id).toList();
    int needed = Quorum.majority(voters.size());
    int answering = voters.size() - silent.size();
    if (answering < needed) {
      findings.add(
          HealthStatus.RED,
          AlarmAdvice.of("no_leader").impact(),
          new Diagnosis(
              "there is no quorum, as "
                  + seen.node()
                  + " sees it: "
                  + answering
                  + " of "
                  + voters.size()
                  + " voters answer, and "
                  + needed
                  + " are needed",
              "Start "
                  + String.join(", ", silent)
                  + ". If the data of a majority is lost for good, read a backup out of what is"
                  + " left.",
              AlarmAdvice.OPERATING + "permanent-loss-of-a-majority"));
    } else if (seen.leader().isPresent() && !saysNoneToSpare(seen.alarms())) {
      spare(seen, voters.size(), findings);
    }
    findings.with(seen.alarms());
    return findings.indicator(
        voters.size() == 1
            ? "one member decides alone; its loss is that of the cluster"
            : seen.leader().orElse("nobody")
                + " leads "
                + voters.size()
                + " voters, of which any "
                + seen.failureTolerance().orElse(0)
                + " may be lost");
  }

  private static boolean saysNoneToSpare(List<Alarm> alarms) {
    return alarms.stream().anyMatch(alarm -> alarm.code().equals(AlarmAdvice.NONE_TO_SPARE));
  }

  private static void spare(Observed seen, int voters, Findings findings) {
    int best = voters - Quorum.majority(voters);
    if (seen.failureTolerance().isEmpty()) {
      findings.add(
          HealthStatus.YELLOW,
          "This member does not know whether another one may be stopped.",
          new Diagnosis(
              seen.node() + " cannot tell which members follow: it does not follow itself",
              "Ask another member; see whether this one reaches the leader.",
              AlarmAdvice.OPERATING + "a-member-that-does-not-follow"));
      return;
    }
    int spare = seen.failureTolerance().getAsInt();
    if (spare < best) {
      findings.add(
          HealthStatus.YELLOW,
          spare == 0 ? "The loss of one more member stops all changes." : AlarmAdvice.ONE_FEWER,
          new Diagnosis(
              (spare == 0 ? "none" : "only " + spare)
                  + " of the "
                  + voters
                  + " voters may be lost now; when all follow, "
                  + best
                  + " may",
              "Bring back the members that do not follow, before another one is stopped.",
              AlarmAdvice.OPERATING + "what-healthy-looks-like"));
    }
  }

  static Indicator members(Observed seen) {
    Findings findings = new Findings(Subject.MEMBERS).with(seen.alarms());
    Set<String> versions =
        seen.members().stream()
            .flatMap(member -> member.version().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<Integer> formats =
        seen.members().stream()
            .flatMap(member -> member.format().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    if (versions.size() > 1) {
      findings.add(
          HealthStatus.YELLOW,
          "What needs the newest format is refused until all members run the same release.",
          new Diagnosis(
              "the members run different releases: " + String.join(", ", versions),
              "End the upgrade: one member at a time, the leader last.",
              AlarmAdvice.OPERATING + "upgrade-one-member-at-a-time"));
    } else if (formats.size() > 1) {
      findings.add(
          HealthStatus.YELLOW,
          "None if it passes: a member that lags has not applied the newest format yet.",
          new Diagnosis(
              "the members' states have different formats: " + formats,
              "Wait for it to catch up; if it stays, see why that member lags.",
              AlarmAdvice.OPERATING + "upgrade-one-member-at-a-time"));
    }
    return findings.indicator(well(seen));
  }

  private static String well(Observed seen) {
    String all =
        seen.members().size() == 1
            ? "there is one member"
            : "all " + seen.members().size() + " members answer";
    return all
        + seen.state()
            .members()
            .change()
            .map(EnsembleIndicators::described)
            .map(change -> "; " + change)
            .orElse("");
  }

  private static String described(MemberChange change) {
    return change.kind().wireName() + " of member " + change.id() + " is under way";
  }
}
