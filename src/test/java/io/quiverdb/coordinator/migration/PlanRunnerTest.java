// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.command.PlanCommand.CreatePlan;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.PlanStep;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans that leaders carry out, with the real executor and the real checks. */
class PlanRunnerTest extends LedMigration {
  private void create(PlanStep... steps) {
    cluster.accept(new CreatePlan(List.of(steps), 0));
  }

  private void growThenDrain() {
    create(PlanStep.grow(FakeCluster.N, List.of()), PlanStep.drain(2));
  }

  private ClusterPlan plan() {
    return cluster.state().plans().find(1).orElseThrow();
  }

  private void copying() throws InterruptedException {
    cluster.world.await(
        () -> cluster.state().migrations().active().isPresent(), Duration.ofHours(1));
    cluster.await(Phase.COPYING);
  }

  private ClusterPlan awaitEnd(ClusterPlan.State end) throws InterruptedException {
    cluster.world.await(() -> plan().state() == end, Duration.ofHours(2));
    assertEquals(end, plan().state(), () -> plan().toString());
    return plan();
  }

  @Test
  void oneAfterTheOther() throws InterruptedException {
    growThenDrain();
    lead();
    ClusterPlan done = awaitEnd(ClusterPlan.State.DONE);
    assertEquals(List.of(3L, 0L, 1L), ids());
    assertEquals(
        List.of(OptionalLong.of(1), OptionalLong.of(2)),
        done.steps().stream().map(PlanStep::migration).toList());
  }

  private List<Long> ids() {
    return cluster.state().map().shards().stream().map(shard -> shard.id()).toList();
  }

  @Test
  void aStepWhoseChecksFailStopsThePlanAfterAWhile() throws InterruptedException {
    cluster.shards.at(FakeCluster.N).has("docs", 7);
    growThenDrain();
    lead();
    ClusterPlan stopped = awaitEnd(ClusterPlan.State.STOPPED);
    assertTrue(stopped.error().orElseThrow().startsWith("step 1: target_empty"), stopped::toString);
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofSeconds(60)) >= 0);
    assertEquals(1, cluster.state().migrations().nextId(), "nothing began");
  }

  @Test
  void aShardThatIsAwayForAMomentStopsNothing() throws InterruptedException {
    cluster.shards.at(FakeCluster.url(1)).down = true;
    at(20, () -> cluster.shards.at(FakeCluster.url(1)).down = false);
    growThenDrain();
    lead();
    awaitEnd(ClusterPlan.State.DONE);
  }

  @Test
  void thePatienceBeginsAnewAfterAPause() throws InterruptedException {
    growThenDrain();
    cluster.shards.at(FakeCluster.url(1)).down = true;
    at(40, () -> cluster.accept(new PlanCommand.PausePlan(1)));
    at(300, () -> cluster.accept(new PlanCommand.ResumePlan(1)));
    at(330, () -> cluster.shards.at(FakeCluster.url(1)).down = false);
    lead();
    awaitEnd(ClusterPlan.State.DONE);
  }

  @Test
  void aPauseLetsTheMigrationEndAndBeginsNoOther() throws InterruptedException {
    growThenDrain();
    lead();
    copying();
    cluster.accept(new PlanCommand.PausePlan(1));
    cluster.await(Phase.DONE);
    cluster.world.sleep(Duration.ofMinutes(5));
    assertEquals(2, cluster.state().migrations().nextId());
    cluster.accept(new PlanCommand.ResumePlan(1));
    awaitEnd(ClusterPlan.State.DONE);
  }

  @Test
  void aMigrationThatIsCancelledStopsThePlan() throws InterruptedException {
    growThenDrain();
    lead();
    copying();
    cluster.accept(new Command.CancelMigration(1, false));
    ClusterPlan stopped = awaitEnd(ClusterPlan.State.STOPPED);
    assertEquals(PlanStep.State.FAILED, stopped.steps().get(0).state());
    cluster.accept(new PlanCommand.ResumePlan(1));
    awaitEnd(ClusterPlan.State.DONE);
  }

  /**
   * The leader dies at each entry of the whole plan, before it is logged or when it is; the next
   * one continues, and no step begins twice.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLeaderMayDieAtEachEntry(boolean logged) throws InterruptedException {
    TreeSet<String> struck = new TreeSet<>();
    int moments = 0;
    for (int moment = 1; struck.size() < moment || moment == 1; moment++) {
      PlanRunnerTest other = new PlanRunnerTest();
      other.theJoiningShardIsEmpty();
      String at = other.dieAt(moment, logged);
      if (at.isEmpty()) {
        break;
      }
      struck.add(moment + " " + at);
      moments++;
    }
    assertTrue(moments >= 20, () -> struck.toString());
    assertEquals(2, struck.stream().filter(at -> at.endsWith("begin_plan_step")).count());
  }

  /** The entry at which the leader died; empty if the plan had ended before. */
  private String dieAt(int moment, boolean logged) throws InterruptedException {
    int[] seen = {0};
    String[] struck = {""};
    cluster.underWay =
        command -> {
          if (command.wireName().equals("report_progress") || ++seen[0] != moment) {
            return false;
          }
          struck[0] = command.wireName();
          if (logged) {
            cluster.apply(command);
          }
          newLeader();
          return true;
        };
    growThenDrain();
    lead();
    ClusterPlan done = awaitEnd(ClusterPlan.State.DONE);
    assertEquals(List.of(3L, 0L, 1L), ids());
    long migrations = cluster.state().migrations().nextId() - 1;
    // A start that is given up in PREPARED is no step done twice: its migration ended FAILED.
    assertEquals(
        2,
        cluster.state().migrations().finished().values().stream()
            .filter(migration -> migration.phase() == Phase.DONE)
            .count());
    assertEquals(2, migrations, () -> done.toString());
    return struck[0];
  }
}
