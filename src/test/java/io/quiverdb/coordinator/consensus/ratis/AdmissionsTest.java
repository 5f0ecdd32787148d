// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.FakeClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Incarnations;
import io.quiverdb.coordinator.state.ClusterStateMachine;
import io.quiverdb.coordinator.state.EntryId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the leader {@code a} proposes about {@code b}. */
class AdmissionsTest {
  private static final Leadership.View LEADING =
      new Leadership.View(Leadership.Role.LEADER, true, 3, Optional.of("a"), 9);

  @TempDir Path dir;
  private final FakeClock clock = new FakeClock();
  private final StatePublisher publisher = new StatePublisher(Runnable::run);
  private final List<Proposal> proposed = new ArrayList<>();
  private CompletableFuture<Submission> answer = new CompletableFuture<>();
  private DataDirectory directory;
  private Admissions admissions;

  @BeforeEach
  void open() throws Exception {
    RatisSettings settings = TestSettings.unstarted(dir, "a");
    CommandLog log =
        proposal -> {
          proposed.add(proposal);
          return answer;
        };
    directory = DataDirectory.open(settings);
    EnsembleClock time = new EnsembleClock("a", clock, System::nanoTime, publisher);
    admissions =
        new Admissions(settings, directory::identity, publisher, new RoundCommands(log, time));
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private ClusterState publish(ClusterState state) {
    publisher.publish(new AppliedState(state, 9, 3));
    return state;
  }

  /** A jump of the counted time would end idempotency keys and leases before their time. */
  @Test
  void anAdmissionCountsTimeAsTheEnsembleDoes() {
    ClusterState before = publish(ClusterState.INITIAL.withClock(clock.millis()));
    clock.step(Duration.ofHours(30));
    admissions.admit(LEADING, "b", "b2");
    ClusterState after =
        ClusterStateMachine.apply(before, new EntryId(10, 3), proposed.get(0)).state();
    assertEquals(Optional.of("b2"), after.incarnations().of("b"));
    long counted = after.clockMillis() - before.clockMillis();
    assertTrue(counted < Duration.ofMinutes(5).toMillis(), () -> counted + " ms");
  }

  @Test
  void theFoundersAreRecordedByTheTimeOfTheEnsembleToo() {
    long counted = publish(ClusterState.INITIAL.withClock(clock.millis())).clockMillis();
    clock.step(Duration.ofHours(30));
    admissions.foundersAreRecorded(LEADING);
    long stamped = proposed.get(0).stamp().countedMillis();
    assertTrue(stamped - counted < Duration.ofMinutes(5).toMillis(), () -> stamped + " ms");
  }

  @Test
  void aRetiredOneIsNotProposedAgainAndAgain() {
    publish(
        ClusterState.INITIAL.withIncarnations(
            Incarnations.EMPTY.admit("b", "b1").admit("b", "b2")));
    admissions.admit(LEADING, "b", "b1");
    assertEquals(List.of(), proposed);
    admissions.admit(LEADING, "b", "b3");
    assertEquals(1, proposed.size());
  }

  /** Otherwise each round would log it again, and no member would be admitted any more. */
  @Test
  void aFounderThatWasRemovedIsNotRecordedAgain() {
    String own = directory.identity().incarnation();
    publish(ClusterState.INITIAL.withIncarnations(Incarnations.EMPTY.admit("a", own).without("a")));
    assertTrue(admissions.foundersAreRecorded(LEADING));
    assertEquals(List.of(), proposed);
  }

  /** The rounds come faster than a slow log answers. */
  @Test
  void oneRecordIsUnderWayAtATime() {
    admissions.admit(LEADING, "b", "b2");
    admissions.admit(LEADING, "b", "b2");
    assertEquals(
        List.of(new Command.AdmitMember("b", "b2", 3)),
        proposed.stream().map(Proposal::command).toList());
    answer.complete(new Submission.Unavailable("no majority"));
    answer = new CompletableFuture<>();
    admissions.admit(LEADING, "b", "b2");
    assertEquals(2, proposed.size());
  }
}
