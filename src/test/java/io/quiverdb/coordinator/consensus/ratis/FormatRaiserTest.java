// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.StubReport;
import io.quiverdb.coordinator.consensus.Submission;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which members the leader asks before it raises the format. It is a; b is configured. */
class FormatRaiserTest {
  private static final Leadership.View LEADING =
      new Leadership.View(Leadership.Role.LEADER, true, 3, Optional.of("a"), 9);

  private final List<Proposal> proposed = new ArrayList<>();

  private void look(Set<String> voters, MemberReport... reports) {
    RatisSettings settings = TestSettings.unstarted(Path.of("none"), "a", "b");
    CommandLog log =
        proposal -> {
          proposed.add(proposal);
          return CompletableFuture.completedFuture(new Submission.Unavailable("a test"));
        };
    ExecutorService nobody = Executors.newSingleThreadExecutor();
    try {
      StatePublisher view = new StatePublisher(nobody);
      EnsembleClock time =
          new EnsembleClock(settings.memberId(), Clock.systemUTC(), System::nanoTime, view);
      new FormatRaiser(
              settings,
              new KnownMembers(settings.memberId(), settings.members()),
              2,
              () -> voters,
              view,
              new RoundCommands(log, time))
          .look(
              LEADING,
              List.of(reports).stream()
                  .collect(java.util.stream.Collectors.toMap(MemberReport::id, r -> r)));
    } finally {
      nobody.shutdownNow();
    }
  }

  private static MemberReport reads(String id, int format) {
    return StubReport.of(id).maxFormat(format).build();
  }

  @DisplayName(
      "it raises the format once every configured member and every voter reads the next one")
  @Test
  void itRaisesOnceAllMembersAndVotersReadTheNextFormat() {
    look(Set.of("a", "b"), reads("b", 2));
    assertEquals(
        List.of(new Command.RaiseFormat(2, 3)), proposed.stream().map(Proposal::command).toList());
  }

  @Test
  void itWaitsForOneThatReadsLessOrDoesNotAnswer() {
    look(Set.of("a", "b"), reads("b", 1));
    look(Set.of("a", "b"));
    look(Set.of("a"), reads("b", 1));
    assertEquals(List.of(), proposed);
  }

  /** It would be stopped by the first entry of the new format. */
  @Test
  void itWaitsForAVoterThatItsConfigurationDoesNotName() {
    look(Set.of("a", "b", "c"), reads("b", 2));
    assertEquals(List.of(), proposed);
  }
}
