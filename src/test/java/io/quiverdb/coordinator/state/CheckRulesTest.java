// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.CheckCommand.FinishCheck;
import io.quiverdb.coordinator.command.CheckCommand.RecordCheck;
import io.quiverdb.coordinator.command.CheckCommand.StartCheck;
import io.quiverdb.coordinator.command.CheckCommand.StopCheck;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.Checks;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.StrayCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The beginning and end of a check of the data, and the content of its report. */
class CheckRulesTest {
  private static final Command VERIFY = new StartCheck(CheckKind.VERIFY, 0);

  private final Walk walk = new Walk();

  @BeforeEach
  void raise() {
    walk.accepted(new Command.RaiseFormat(2, walk.term));
  }

  private DataCheck newest() {
    List<DataCheck> all = walk.state.checks().all();
    return all.get(all.size() - 1);
  }

  private Command record(String after, String upTo, CheckedShard... rows) {
    return new RecordCheck(
        newest().id(),
        after.isEmpty() ? Optional.empty() : Optional.of(after),
        upTo,
        Stream.of(rows).map(CheckReport::of).reduce(CheckReport.EMPTY, CheckReport::plus),
        walk.term);
  }

  private Command finish(CheckState end, String reason) {
    return new FinishCheck(newest().id(), end, reason, walk.term);
  }

  private static CheckedShard row(String collection, long shard, long strays) {
    return new CheckedShard(
        collection, shard, 100 + strays, 100, new StrayCounts(strays, 0, 0), List.of());
  }

  @Test
  void needsFormat2() {
    assertEquals(Refusal.FORMAT_MISMATCH, new Walk().refusal(VERIFY));
  }

  @Test
  void oneAtATime() {
    walk.accepted(VERIFY);
    assertEquals(Refusal.CHECK_ACTIVE, walk.refusal(VERIFY));
    walk.accepted(finish(CheckState.DONE, ""));
    walk.accepted(VERIFY);
    assertEquals(2, newest().id());
  }

  @Test
  void noneDuringAMigration() {
    walk.start(MigrationKind.GROW);
    assertEquals(Refusal.MIGRATION_ACTIVE, walk.refusal(VERIFY));
  }

  @Test
  void noneWhileAShardJoinsByHand() {
    walk.accepted(new Command.AddJoiningShard("http://s9:6333", List.of()));
    assertEquals(Refusal.MANUAL_MEMBERSHIP, walk.refusal(VERIFY));
  }

  @Test
  void aMigrationEndsIt() {
    walk.accepted(VERIFY);
    walk.start(MigrationKind.DRAIN);
    assertEquals(CheckState.STOPPED, newest().state());
    assertEquals(Optional.of("migration 1 began"), newest().error());
    assertEquals(Refusal.CHECK_ENDED, walk.refusal(record("", "docs")));
    walk.to(Phase.DONE);
    walk.accepted(VERIFY);
  }

  @Test
  void anotherMapEndsItInTheSameEntry() {
    walk.accepted(VERIFY);
    walk.accepted(new Command.RemoveShard(1));
    assertEquals(CheckState.STOPPED, newest().state());
    assertEquals(Optional.of("the map changed from version 0 to 1"), newest().error());
    assertTrue(newest().finishedMillis().isPresent());
  }

  @Test
  void aPlanThatBeginsAStepEndsIt() {
    walk.accepted(VERIFY);
    walk.accepted(new PlanCommand.CreatePlan(List.of(PlanStep.drain(1)), 0));
    assertEquals(CheckState.STOPPED, newest().state());
    assertEquals(Optional.of("plan 1 begins its next step"), newest().error());
    assertEquals(Refusal.PLAN_ACTIVE, walk.refusal(VERIFY));
    walk.accepted(new PlanCommand.PausePlan(1));
    walk.accepted(VERIFY);
    walk.accepted(new PlanCommand.ResumePlan(1));
    assertEquals(CheckState.STOPPED, newest().state());
  }

  @Test
  void whatLeavesTheMapAloneLeavesItAlone() {
    walk.accepted(VERIFY);
    walk.accepted(new Command.AllocateId());
    walk.accepted(new Command.RegisterRouter("http://r9:6330"));
    walk.rejected(new Command.RemoveShard(77));
    assertTrue(newest().isRunning());
  }

  @Test
  void anOperatorStopsIt() {
    walk.accepted(VERIFY);
    walk.accepted(record("", "docs", row("docs", 0, 3)));
    walk.accepted(new StopCheck(1, false));
    assertEquals(CheckState.STOPPED, newest().state());
    assertEquals(Optional.of("stopped by ops"), newest().error());
    assertEquals(3, newest().report().strays().total(), "what it found stays");
    assertEquals(Refusal.CHECK_ENDED, walk.refusal(new StopCheck(1, false)));
    assertEquals(Refusal.UNKNOWN_CHECK, walk.refusal(new StopCheck(2, false)));
  }

  @Test
  void aPieceCountsOnce() {
    walk.accepted(VERIFY);
    walk.accepted(record("", "docs", row("docs", 0, 3)));
    assertEquals(Refusal.WRONG_STEP, walk.refusal(record("", "docs", row("docs", 0, 3))));
    walk.accepted(record("docs", "more", row("more", 0, 1)));
    assertEquals(4, newest().report().strays().total());
    assertEquals(Optional.of("more"), newest().upTo());
  }

  @Test
  void anEndThatIsNoneIsAFailure() {
    walk.accepted(VERIFY);
    walk.accepted(finish(CheckState.RUNNING, "?"));
    assertEquals(CheckState.FAILED, newest().state());
  }

  @Test
  void theReportKeepsStraysAndSumsTheRest() {
    walk.accepted(VERIFY);
    String before = "";
    for (int i = 0; i < CheckReport.MAX_ROWS + 10; i++) {
      String name = String.format("c%04d", i);
      walk.accepted(record(before, name, row(name, 0, i < CheckReport.MAX_ROWS ? 0 : 1)));
      before = name;
    }
    CheckReport report = newest().report();
    assertEquals(CheckReport.MAX_ROWS, report.rows().size());
    assertEquals(10, report.rows().stream().filter(CheckedShard::hasStrays).count());
    assertEquals(10, report.others().rows());
    assertEquals(StrayCounts.NONE, report.others().strays());
    assertEquals(10, report.strays().total());
    assertEquals((CheckReport.MAX_ROWS + 10) * 100L + 10, report.points());
  }

  @Test
  void samplesAreCut() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add("x".repeat(5_000));
    }
    CheckedShard row = new CheckedShard("c", 0, 50, 0, new StrayCounts(50, 0, 0), many);
    assertEquals(CheckedShard.MAX_SAMPLES, row.samples().size());
    assertEquals(CheckedShard.MAX_SAMPLE + 3, row.samples().get(0).length());
  }

  @Test
  void theOldestAreForgotten() {
    for (int i = 0; i < Checks.KEPT + 2; i++) {
      walk.accepted(VERIFY);
      walk.accepted(finish(CheckState.DONE, ""));
    }
    assertEquals(Checks.KEPT, walk.state.checks().all().size());
    assertEquals(3, walk.state.checks().all().get(0).id());
  }

  @Test
  void findingsAreNotInTheHistory() {
    walk.accepted(VERIFY);
    int before = walk.state.history().entries().size();
    walk.accepted(record("", "docs", row("docs", 0, 0)));
    assertEquals(before, walk.state.history().entries().size());
    walk.accepted(finish(CheckState.FAILED, "s1 is away"));
    assertEquals(before + 1, walk.state.history().entries().size());
  }
}
