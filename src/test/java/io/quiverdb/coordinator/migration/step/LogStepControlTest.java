// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import static io.quiverdb.coordinator.migration.wait.PollingHealthyWaitTest.assertBetween;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.HoldMigration;
import io.quiverdb.coordinator.command.Command.ReportProgress;
import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.FencedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The reports of a step reach the log, and do not fill it. */
class LogStepControlTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeCluster cluster = new FakeCluster();
  private LogStepControl control;
  private StepTask heartbeat;

  @BeforeEach
  void copying() {
    cluster.begin(MigrationKind.GROW, Phase.COPYING);
    control = cluster.control();
    heartbeat = StepTask.start(cluster.world, cluster.world, "heartbeat", SECOND, control::tick);
  }

  private List<ReportProgress> progress() {
    return cluster.logged.stream()
        .filter(ReportProgress.class::isInstance)
        .map(ReportProgress.class::cast)
        .toList();
  }

  private static MigrationPart part(long from, long done) {
    return new MigrationPart("docs", from, 3, 1_000, done, done, "p" + done, done == 1_000);
  }

  private void sleep(long millis) throws InterruptedException {
    cluster.world.sleep(Duration.ofMillis(millis));
  }

  @Test
  void logsProgressOnceASecondAndLeavesNothingUnsaid() throws InterruptedException {
    for (int done = 10; done <= 1_000; done += 10) {
      control.moved(part(0, done), 100);
      control.moved(part(1, done), 100);
      sleep(50);
    }
    heartbeat.end();
    control.flush();
    assertBetweenCounts(5, 7, progress().size());
    assertEquals(2_000, cluster.migration().progress().pointsDone());
    assertEquals(20_000, cluster.migration().progress().bytesDone());
    List<MigrationPart> parts = cluster.migration().progress().parts();
    assertEquals(List.of(1_000L, 1_000L), parts.stream().map(MigrationPart::pointsDone).toList());
    assertTrue(parts.stream().allMatch(MigrationPart::done));
    assertBetweenCounts(350, 450, cluster.migration().progress().pointsPerSecond());
  }

  @Test
  void repeatsAReportThatMayBeLost() throws InterruptedException {
    cluster.outcomesUnknown = true;
    control.moved(part(0, 10), 1);
    sleep(1_500);
    cluster.outcomesUnknown = false;
    sleep(1_500);
    ReportProgress last = progress().get(progress().size() - 1);
    assertTrue(progress().size() >= 2);
    assertEquals(List.of(part(0, 10)), last.progress().parts());
  }

  @Test
  void saysWhatIsWaitedForIfItLasts() throws InterruptedException {
    control.reportWaiting("router", "r2");
    sleep(500);
    control.goingOn();
    sleep(2_000);
    assertEquals(List.of(), cluster.logged);
    control.reportWaiting("router", "r2");
    sleep(2_500);
    assertEquals("router", cluster.migration().waitingOn().orElseThrow().what());
    control.goingOn();
    sleep(1_500);
    assertTrue(cluster.migration().waitingOn().isEmpty());
  }

  /** One that was away for long says nothing about another one that went away just now. */
  @Test
  void countsTheTimeOfAWaitForEachShardByItself() throws InterruptedException {
    control.hold("shard", "http://s1:6333 answered 503", List.of("http://s1:6333"));
    long first = sinceMillis();
    for (int i = 0; i < 10; i++) {
      control.hold(
          "shard", "http://s1:6333: no answer to GET /v1/collections", List.of("http://s1:6333"));
    }
    assertEquals(first, sinceMillis());
    control.hold("shard", "http://s2:6333: connection refused", List.of("http://s2:6333"));
    assertTrue(sinceMillis() - first > 20_000, "since " + (sinceMillis() - first) + " ms");
    control.hold("shard", "http://s1:6333 answered 503", List.of("http://s1:6333"));
    assertEquals(first, sinceMillis(), "both are away");
  }

  @Test
  void aShardThatIsBackIsWaitedForAgainTheNextTime() throws InterruptedException {
    control.hold(
        "request_drain",
        "counts only while everything answers: http://s1:6333: 503",
        List.of("http://s1:6333"));
    long first = sinceMillis();
    sleep(30_000);
    control.reportWaiting("request_drain", "waits for 10000 ms in which all answer");
    sleep(30_000);
    control.hold(
        "request_drain",
        "counts only while everything answers: http://s1:6333: 503",
        List.of("http://s1:6333"));
    assertTrue(sinceMillis() - first > 59_000, "since " + (sinceMillis() - first) + " ms");
  }

  /** One donor of a drop is dead while the operator is asked about another one. */
  @DisplayName("a question is shown before what other tasks hold for, and ends none of these waits")
  @Test
  void aQuestionIsShownFirstAndEndsNoOtherWait() throws Exception {
    String dead = "http://s1:6333";
    String asked = "http://s2:6333";
    control.hold("shard", dead + " is away", List.of(dead));
    long first = sinceMillis();
    var away = cluster.world.start("away", () -> holdFor(dead, 40));
    var question =
        cluster.world.start(
            "question",
            () -> {
              new OperatorQuestion(control)
                  .ask("spill_threshold", "1001 are absent", List.of(asked));
              return "answered";
            });
    sleep(5_000);
    long since = sinceMillis();
    int entries = cluster.logged.size();
    for (int i = 0; i < 1_000; i++) {
      sleep(100);
      assertEquals("spill_threshold", cluster.migration().waitingOn().orElseThrow().what());
      assertEquals(since, sinceMillis(), "one question, one wait");
    }
    assertBetweenCounts(0, 8, cluster.logged.size() - entries);
    cluster.accept(cluster.retry(OptionalLong.empty()));
    sleep(15_000);
    assertTrue(question.isDone());
    assertEquals("shard", cluster.migration().waitingOn().orElseThrow().what());
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    assertEquals(first, sinceMillis(), "it was away all the time");
    away.cancel();
  }

  private String holdFor(String url, int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      control.hold("shard", url + " is away", List.of(url));
    }
    return "tried";
  }

  private long sinceMillis() {
    return cluster.migration().waitingOn().orElseThrow().sinceMillis();
  }

  @Test
  void saysSomethingWhenNothingMovesForFiveSeconds() throws InterruptedException {
    sleep(5_000);
    assertTrue(cluster.migration().waitingOn().isPresent());
  }

  @Test
  void doesNotFloodTheLogWithAWaitThatRewordsItself() throws InterruptedException {
    for (int i = 0; i < 1_200; i++) {
      control.reportWaiting("deletes", i + " points deleted");
      sleep(100);
    }
    assertBetweenCounts(10, 26, cluster.logged.size());
  }

  @Test
  void doesNotFloodTheLogWithAttemptsThatFail() throws InterruptedException {
    for (int i = 0; i < 1_000; i++) {
      control.hold("shard", "failure " + i);
    }
    assertBetweenCounts(
        10, 60, cluster.logged.stream().filter(HoldMigration.class::isInstance).count());
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    assertBetweenCounts(500, 1_000, cluster.migration().waitingOn().orElseThrow().attempts());
  }

  /** One donor is away, and the others are copied. */
  @Test
  void aHoldIsNotForgottenByWhatOthersMove() throws InterruptedException {
    cluster.world.start(
        "others",
        () -> {
          for (int i = 1; i <= 6_000; i++) {
            control.moved(part(1, i), 1);
            control.reportWaitingAside("throttle", "limited to 10 points a second", List.of());
            control.reportWaitingAside(
                "shard", "http://s9:6333 is busy", List.of("http://s9:6333"));
            control.back("http://s9:6333");
            sleep(100);
          }
          return "moved";
        });
    // Shortly before a tick.
    sleep(700);
    for (int i = 0; i < 60; i++) {
      held();
      assertEquals(MigrationState.HOLDING, cluster.migration().state());
    }
    assertEquals(60, cluster.migration().waitingOn().orElseThrow().attempts());
    assertBetweenCounts(
        6, 12, cluster.logged.stream().filter(HoldMigration.class::isInstance).count());
    control.goingOn();
    sleep(2_000);
    assertEquals(MigrationState.RUNNING, cluster.migration().state());
  }

  @Test
  void aHoldEndsWhenTheShardThatItIsForIsBack() throws InterruptedException {
    control.hold("shard", "http://s0:6333 got no answer", List.of("http://s0:6333"));
    control.back("http://s1:6333");
    sleep(2_000);
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    control.back("http://s0:6333");
    sleep(2_000);
    assertEquals(MigrationState.RUNNING, cluster.migration().state());
    assertEquals(Optional.empty(), cluster.migration().waitingOn());
  }

  @Test
  void holdsForLongerEachTimeAndAtOnceForAnOperator() throws InterruptedException {
    assertBetween(Duration.ofMillis(500), Duration.ofMillis(600), held());
    assertBetween(Duration.ofMillis(1_000), Duration.ofMillis(1_100), held());
    for (int i = 0; i < 5; i++) {
      held();
    }
    assertBetween(Duration.ofSeconds(10), Duration.ofMillis(10_100), held());
    cluster.at(Duration.ofSeconds(2), () -> cluster.accept(cluster.retry(OptionalLong.empty())));
    assertBetween(Duration.ofSeconds(2), Duration.ofMillis(2_100), held());
    control.goingOn();
    assertBetween(Duration.ofMillis(500), Duration.ofMillis(600), held());
  }

  @Test
  void whatStillHoldsAfterARetryIsShownAgainAtOnce() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      held();
    }
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    cluster.accept(cluster.retry(OptionalLong.empty()));
    assertEquals(MigrationState.RUNNING, cluster.migration().state());
    held();
    assertEquals(MigrationState.HOLDING, cluster.migration().state());
    assertEquals("away", cluster.migration().waitingOn().orElseThrow().detail());
  }

  /** An operator may skip a shard by the age of the wait for it, not for the one before. */
  @Test
  void aWaitThatFollowsASkipBeginsAnew() throws InterruptedException {
    FakeCluster draining = new FakeCluster();
    draining.begin(MigrationKind.DRAIN, Phase.DROPPING);
    LogStepControl dropping = draining.control();
    long leaving = draining.migration().plan().shardId();
    dropping.hold("shard", "one is away", List.of(draining.migration().plan().url()));
    long since = draining.migration().waitingOn().orElseThrow().sinceMillis();
    draining.world.sleep(Duration.ofSeconds(60));
    draining.at(
        Duration.ofMillis(100), () -> draining.accept(draining.retry(OptionalLong.of(leaving))));
    dropping.hold("shard", "one is away", List.of(draining.migration().plan().url()));
    dropping.hold("shard", "another is away");
    long anew = draining.migration().waitingOn().orElseThrow().sinceMillis();
    assertTrue(anew >= since + 60_000, since + " and then " + anew);
  }

  private Duration held() throws InterruptedException {
    Duration before = cluster.world.elapsed();
    control.hold("shard", "away");
    return cluster.world.elapsed().minus(before);
  }

  @Test
  void stopsTheStepWhenTheLogWantsSomethingElse() {
    control.check();
    cluster.accept(new Command.PauseMigration(1));
    assertThrows(StepStopped.class, control::check);
    cluster.accept(new Command.ResumeMigration(1));
    control.check();
    control.giveUp("enough");
    assertThrows(StepStopped.class, control::check);
    LogStepControl another = cluster.control();
    cluster.accept(new Command.CancelMigration(1, false));
    assertThrows(StepStopped.class, another::check);
    cluster.fenced = true;
    assertThrows(FencedException.class, another::check);
  }

  @Test
  void limitsTheRateAndFollowsAChangeOfTheLimit() throws InterruptedException {
    cluster.accept(new Command.ThrottleMigration(1, 100));
    assertBetween(Duration.ofSeconds(10), Duration.ofMillis(10_100), throttled(10, 100));
    cluster.at(
        Duration.ofSeconds(5), () -> cluster.accept(new Command.ThrottleMigration(1, 10_000)));
    assertBetween(Duration.ofSeconds(5), Duration.ofSeconds(6), throttled(1, 2_000));
    cluster.accept(new Command.ThrottleMigration(1, 0));
    assertEquals(Duration.ZERO, throttled(10, 1_000_000));
  }

  private Duration throttled(int times, int points) throws InterruptedException {
    Duration before = cluster.world.elapsed();
    for (int i = 0; i < times; i++) {
      control.throttle(points);
    }
    return cluster.world.elapsed().minus(before);
  }

  private static void assertBetweenCounts(long least, long most, long count) {
    assertTrue(count >= least && count <= most, "was " + count);
  }
}
