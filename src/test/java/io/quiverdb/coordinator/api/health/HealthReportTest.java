// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

import static io.quiverdb.coordinator.api.health.HealthStatus.GREEN;
import static io.quiverdb.coordinator.api.health.HealthStatus.RED;
import static io.quiverdb.coordinator.api.health.HealthStatus.YELLOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.Headings;
import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The report that follows from observations. */
class HealthReportTest {
  private static final ClusterState BOOTSTRAPPED =
      ClusterStateMachine.apply(
              ClusterState.INITIAL,
              new EntryId(0, 1),
              Proposal.of(
                  new Stamp("c1", Stamp.SYSTEM, 1),
                  new Command.Bootstrap(
                      "cluster",
                      "f",
                      new ShardMap(
                          0,
                          List.of(new Shard(0, "http://s0:6333", List.of())),
                          List.of(),
                          List.of()),
                      1,
                      List.of())))
          .state();

  private Optional<String> leader = Optional.of("c1");
  private OptionalInt spare = OptionalInt.of(1);
  private ClusterState state = BOOTSTRAPPED;
  private OptionalLong free = OptionalLong.of(50L << 30);
  private final List<Observed.Member> members =
      new ArrayList<>(List.of(member("c1"), member("c2"), member("c3")));
  private final List<Observed.Router> routers = new ArrayList<>();
  private final List<Alarm> alarms = new ArrayList<>();

  private static Observed.Member member(String id) {
    return member(id, true, "0.2.0", 2);
  }

  private static Observed.Member member(String id, boolean answers, String version, int format) {
    return new Observed.Member(
        id, Optional.of(true), answers, Optional.of(version), Optional.of(format));
  }

  private HealthReport report() {
    return HealthReport.of(
        new Observed(
            "c1",
            leader,
            spare,
            members,
            state,
            routers,
            Optional.of(Duration.ofDays(80)),
            free,
            alarms));
  }

  private static Indicator named(HealthReport report, String name) {
    return report.indicators().stream()
        .filter(indicator -> indicator.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Checks that each indicator that is not green has an impact and an action. */
  private static HealthReport explained(HealthReport report) throws IOException {
    for (Indicator indicator : report.indicators()) {
      boolean well = indicator.status() == GREEN;
      assertEquals(well, indicator.impacts().isEmpty(), indicator.toString());
      assertEquals(well, indicator.diagnosis().isEmpty(), indicator.toString());
      for (Diagnosis diagnosis : indicator.diagnosis()) {
        assertTrue(Headings.has(diagnosis.help()), diagnosis.help());
      }
    }
    return report;
  }

  @Test
  void isGreenWhereAllIsWell() throws IOException {
    HealthReport report = explained(report());
    assertEquals(GREEN, report.status());
    assertEquals("all is well: c1 leads 3 voters, of which any 1 may be lost", report.symptom());
    assertEquals(
        List.of(
            "quorum",
            "members",
            "shards",
            "routers",
            "migrations",
            "certificates",
            "disk",
            "clocks",
            "configuration"),
        report.indicators().stream().map(Indicator::name).toList());
  }

  @Test
  void saysThatThereIsNoQuorumAndWhomToStart() throws IOException {
    leader = Optional.empty();
    spare = OptionalInt.empty();
    members.set(1, member("c2", false, "", 2));
    members.set(2, member("c3", false, "", 2));
    alarms.add(new Alarm("no_leader", "critical", "no member leads: nothing can be changed"));
    alarms.add(new Alarm("member_unreachable", "warning", "member c2 does not answer"));
    HealthReport report = explained(report());
    assertEquals(RED, report.status());
    assertTrue(
        report.symptom().startsWith("there is no quorum, as c1 sees it: 1 of 3 voters answer"),
        report.symptom());
    Diagnosis first = named(report, "quorum").diagnosis().get(0);
    assertTrue(first.action().startsWith("Start c2, c3."), first.action());
    assertEquals(YELLOW, named(report, "members").status());
  }

  @Test
  void aLearnerIsNoVoter() throws IOException {
    members.add(
        new Observed.Member("c4", Optional.of(false), false, Optional.empty(), Optional.empty()));
    assertEquals(GREEN, explained(report()).status());
  }

  @Test
  void saysHowManyMayStillBeLost() throws IOException {
    spare = OptionalInt.of(0);
    HealthReport report = explained(report());
    assertEquals(YELLOW, report.status());
    assertEquals(
        List.of("The loss of one more member stops all changes."),
        named(report, "quorum").impacts());
    members.addAll(List.of(member("c4"), member("c5")));
    spare = OptionalInt.of(1);
    assertEquals(YELLOW, named(explained(report()), "quorum").status());
    spare = OptionalInt.of(2);
    assertEquals(GREEN, explained(report()).status());
  }

  @Test
  void aMemberThatCannotTellSaysSo() throws IOException {
    spare = OptionalInt.empty();
    Indicator quorum = named(explained(report()), "quorum");
    assertEquals(YELLOW, quorum.status());
    assertTrue(quorum.symptom().contains("cannot tell"), quorum.symptom());
  }

  @Test
  void aLoneMemberIsWell() throws IOException {
    members.subList(1, 3).clear();
    spare = OptionalInt.of(0);
    HealthReport report = explained(report());
    assertEquals(GREEN, report.status());
    assertTrue(report.symptom().contains("its loss is that of the cluster"), report.symptom());
  }

  @Test
  void saysThatReleasesAreMixed() throws IOException {
    members.set(2, member("c3", true, "0.1.0", 1));
    Indicator mixed = named(explained(report()), "members");
    assertEquals("the members run different releases: 0.1.0, 0.2.0", mixed.symptom());
    members.set(2, member("c3", true, "0.2.0", 1));
    assertTrue(named(explained(report()), "members").symptom().contains("[1, 2]"));
  }

  @Test
  void saysThatThereIsNoMap() throws IOException {
    state = ClusterState.INITIAL;
    assertEquals(RED, named(explained(report()), "shards").status());
  }

  @Test
  void namesARouterThatCannotBeAskedOnce() throws IOException {
    routers.add(new Observed.Router("http://r1:6330", true, Optional.empty()));
    routers.add(new Observed.Router("http://r2:6330", false, Optional.of("refused")));
    Indicator silent = named(explained(report()), "routers");
    assertEquals(YELLOW, silent.status());
    assertEquals("router http://r2:6330 cannot be asked for its map: refused", silent.symptom());
    alarms.add(new Alarm("router_untrusted", "critical", "http://r2:6330", "its certificate"));
    assertEquals(1, named(explained(report()), "routers").diagnosis().size());
    assertEquals(RED, report().status());
  }

  @Test
  void saysThatTheDiskFillsUp() throws IOException {
    free = OptionalLong.of(500L << 20);
    assertEquals(YELLOW, named(explained(report()), "disk").status());
    free = OptionalLong.of(10L << 20);
    assertEquals(RED, named(explained(report()), "disk").status());
    free = OptionalLong.empty();
    assertEquals(GREEN, named(explained(report()), "disk").status());
  }

  @Test
  void everyAlarmIsInOneIndicator() throws IOException {
    for (String code : AlarmAdvice.codes()) {
      alarms.clear();
      alarms.add(new Alarm(code, "critical", "it happened"));
      HealthReport report = explained(report());
      assertEquals(RED, report.status(), code);
      assertEquals("it happened", report.symptom(), code);
      assertEquals(
          1, report.indicators().stream().filter(one -> one.status() == RED).count(), code);
    }
  }

  @Test
  void theWorstComesFirstAndTheRestIsCounted() throws IOException {
    alarms.add(new Alarm("left_dirty", "warning", "copies were left"));
    for (int i = 0; i < 50; i++) {
      alarms.add(new Alarm("shard_unhealthy", "critical", "shard " + i + " is not healthy"));
    }
    HealthReport report = explained(report());
    assertEquals("shard 0 is not healthy (and 49 more); see also migrations", report.symptom());
    assertEquals(20, named(report, "shards").diagnosis().size());
    assertEquals(1, named(report, "shards").impacts().size());
  }
}
