// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.api.growth.GrowthAdvice.Verdict;
import io.quiverdb.coordinator.api.growth.GrowthLooks;
import io.quiverdb.coordinator.api.growth.GrowthWatch;
import io.quiverdb.coordinator.api.growth.Surroundings;
import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.api.request.MigrationOptions;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.GrowthCommand.PutGrowthPolicy;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.migration.preflight.Check;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Standby;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The looks of two members over one log, with a clock that the test moves. */
class GrowthWatchTest {
  private static final String N1 = "http://n1:6333";
  private static final String N2 = "http://n2:6333";
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration COOLDOWN = Duration.ofMinutes(5);

  private final FakeLog log = new FakeLog();
  private final StubChecks checks = new StubChecks();
  private GrowthMode permitted = GrowthMode.AUTOMATIC;
  private Map<Long, Long> points = Map.of(0L, 1_200L);
  private List<String> alarms = List.of();
  private boolean broken;
  private int asked;
  private final GrowthLooks looks1 = new GrowthLooks();
  private GrowthWatch c1;
  private GrowthWatch c2;

  @BeforeEach
  void begin() {
    c1 = watch("c1", looks1);
    c2 = watch("c2", new GrowthLooks());
    log.log(new Command.RaiseFormat(2, 1));
    log.log(
        new Command.Bootstrap(
            "uuid",
            "print",
            new ShardMap(
                1, List.of(new Shard(0, "http://s0:6333", List.of())), List.of(), List.of()),
            1,
            List.of()));
  }

  private GrowthWatch watch(String id, GrowthLooks looks) {
    Clock clock = Clock.fixed(FakeMember.NOW, ZoneOffset.UTC);
    return new GrowthWatch(
        new GrowthWatch.Sources(
            new LeaderByLog(id, log),
            log.view(),
            proposal -> CompletableFuture.completedFuture(log.submit(proposal)),
            new EnsembleClock(id, clock, log::nanos, log.view()),
            clock,
            new MigrationOptions(
                checks,
                500,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                permitted,
                10,
                false,
                Path.of("none")),
            () -> {
              asked++;
              if (broken) {
                throw new IllegalStateException("no look can begin");
              }
              return CompletableFuture.completedFuture(new Surroundings(points, alarms, List.of()));
            }),
        looks);
  }

  private void policy(GrowthMode mode, String... urls) {
    log.log(
        new PutGrowthPolicy(
            new GrowthPolicy(
                mode,
                1_000,
                Stream.of(urls).map(url -> Standby.of(url, List.of())).toList(),
                COOLDOWN.toMillis(),
                0,
                INTERVAL.toMillis()),
            OptionalLong.empty()));
  }

  /** Both members look as often as in this many intervals. */
  private void look(int intervals) {
    for (int second = 0; second < intervals * INTERVAL.toSeconds(); second++) {
      c1.look();
      c2.look();
      log.pass(Duration.ofSeconds(1));
    }
  }

  private long begun() {
    return log.state().migrations().nextId() - 1;
  }

  private void finish() {
    log.advance(
        Phase.JOINING,
        Phase.ADOPTING,
        Phase.COPYING,
        Phase.VERIFYING,
        Phase.WARMING,
        Phase.PROMOTED,
        Phase.SETTLING,
        Phase.DROPPING,
        Phase.COOLING,
        Phase.DONE);
  }

  @Test
  void manyLooksAtAFullShardMakeOneGrow() {
    policy(GrowthMode.AUTOMATIC, N1, N2);
    look(2);
    assertEquals(0, begun(), "two looks");
    look(1);
    assertEquals(1, begun());
    assertEquals(MigrationOrigin.AUTOSCALE, log.active().origin());
    assertEquals(N1, log.active().plan().url());
    look(20);
    assertEquals(1, begun());
    assertEquals(List.of("grow " + N1 + "[]"), checks.asked());
    assertEquals(1, checks.prepared());
  }

  @Test
  void onlyTheLeaderLooksAndNoMoreOftenThanThePolicySays() {
    policy(GrowthMode.ADVICE);
    look(4);
    assertEquals(4, asked);
  }

  @Test
  void cooldownAndPoolSurviveAFailover() {
    policy(GrowthMode.AUTOMATIC, N1, N2);
    look(3);
    finish();
    points = Map.of(0L, 1_200L, 1L, 300L);
    log.elect("c2");
    look((int) COOLDOWN.dividedBy(INTERVAL));
    assertEquals(1, begun(), "the cooldown has only just passed");
    assertEquals(List.of("grow " + N1 + "[]"), checks.asked());
    look(4);
    assertEquals(2, begun());
    assertEquals(N2, log.active().plan().url());
  }

  @Test
  void aLeaderThatDiesBesideItsEntryLeavesOneGrow() {
    policy(GrowthMode.AUTOMATIC, N1, N2);
    look(2);
    // The entry is lost: the next leader counts its own looks, and adds the same standby.
    log.fail(Optional.of(new Submission.Unknown("it died")));
    look(1);
    assertEquals(0, begun());
    log.fail(Optional.empty());
    log.elect("c2");
    look(3);
    assertEquals(1, begun());
    assertEquals(N1, log.active().plan().url());
    assertEquals(1, log.state().growth().policy().orElseThrow().standby().size());
    // The entry is there: the next leader finds an active migration.
    log.elect("c1");
    look(10);
    assertEquals(1, begun());
  }

  @Test
  void anEntryOfADeposedLeaderBeginsNothing() {
    policy(GrowthMode.AUTOMATIC, N1);
    checks.answering(
        well -> {
          log.elect("c2");
          return well;
        });
    look(3);
    assertEquals(0, begun());
  }

  @Test
  void aLookBetweenThatSeesFewerPointsBeginsTheCountAnew() {
    policy(GrowthMode.AUTOMATIC, N1);
    look(2);
    points = Map.of(0L, 1_000L);
    look(1);
    points = Map.of(0L, 1_200L);
    look(2);
    assertEquals(0, begun());
    look(1);
    assertEquals(1, begun());
  }

  @Test
  void anotherMapBeginsTheCountAnew() {
    policy(GrowthMode.AUTOMATIC, N1);
    look(2);
    log.log(new Command.AddReplica(0, "http://s0r:6333"));
    look(2);
    assertEquals(0, begun());
  }

  @Test
  void anAlarmThatIsRaisedDuringTheChecksPreventsIt() {
    policy(GrowthMode.AUTOMATIC, N1);
    checks.answering(
        well -> {
          alarms = List.of("the alarm shard_unhealthy is raised: shard 0");
          return well;
        });
    look(3);
    assertEquals(0, begun());
    assertEquals(
        Optional.of("the alarm shard_unhealthy is raised: shard 0"),
        looks1.attempt().map(GrowthLooks.Attempt::error));
  }

  @Test
  void aStandbyThatFailsItsChecksStaysInThePool() {
    policy(GrowthMode.AUTOMATIC, N1, N2);
    checks.failing(new Check("target_empty", Optional.of(false), "it has 3 collections"));
    look(4);
    assertEquals(0, begun());
    assertEquals(
        Optional.of("target_empty: it has 3 collections"),
        looks1.attempt().map(GrowthLooks.Attempt::error));
    assertEquals(
        Optional.of(
            "shard 0 has more than 1000 points: add a shard; none is added by itself: "
                + N1
                + ": target_empty: it has 3 collections"),
        looks1.alarm().map(Alarm::detail));
    checks.answering(well -> well);
    look(1);
    assertEquals(1, begun());
    assertEquals(Optional.empty(), looks1.alarm());
    assertEquals(N1, log.active().plan().url());
  }

  @Test
  void checksThatCannotBeMadeRaiseTheAlarmToo() {
    policy(GrowthMode.AUTOMATIC, N1, N2);
    checks.answering(
        well -> CompletableFuture.failedFuture(new IllegalStateException("too much is checked")));
    look(4);
    assertEquals(
        Optional.of(
            "shard 0 has more than 1000 points: add a shard; none is added by itself: "
                + N1
                + ": too much is checked"),
        looks1.alarm().map(Alarm::detail));
  }

  @Test
  void anAttemptIsForgottenWithItsPolicy() {
    policy(GrowthMode.AUTOMATIC, N1);
    checks.failing(new Check("target_empty", Optional.of(false), "it has 3 collections"));
    look(4);
    policy(GrowthMode.AUTOMATIC, N2);
    look(1);
    assertEquals(Optional.empty(), looks1.attempt());
  }

  @Test
  void aLookThatCannotBeginIsNotTheLast() {
    broken = true;
    policy(GrowthMode.AUTOMATIC, N1);
    look(2);
    broken = false;
    look(3);
    assertEquals(1, begun());
  }

  @Test
  void withoutPermissionItAdvisesOnly() {
    permitted = GrowthMode.ADVICE;
    GrowthLooks looks = new GrowthLooks();
    c1 = watch("c1", looks);
    policy(GrowthMode.AUTOMATIC, N1);
    look(3);
    assertEquals(0, begun());
    assertEquals(List.of(), checks.asked());
    assertEquals(
        Optional.of(
            "shard 0 has more than 1000 points: add a shard; none is added by itself:"
                + " autoscale.mode is advice in the configuration of the leader"),
        looks.alarm().map(Alarm::detail));
    assertEquals(Verdict.GROW, c1.now().join().verdict());
  }

  @Test
  void theAlarmSaysThatAShardIsWantedAndEnds() {
    policy(GrowthMode.ADVICE);
    look(2);
    assertEquals(Optional.empty(), looks1.alarm());
    look(1);
    assertTrue(looks1.alarm().isPresent());
    points = Map.of(0L, 10L);
    look(1);
    assertEquals(Optional.empty(), looks1.alarm());
    points = Map.of(0L, 1_200L);
    look(3);
    assertTrue(looks1.alarm().isPresent());
    log.elect("c2");
    look(1);
    assertEquals(Optional.empty(), looks1.alarm(), "it does not lead any more");
  }

  @Test
  void aPolicyThatIsOffIsNotLookedBy() {
    policy(GrowthMode.OFF, N1);
    look(4);
    assertEquals(0, asked);
  }
}
