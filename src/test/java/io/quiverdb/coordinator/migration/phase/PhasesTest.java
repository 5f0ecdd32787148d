// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.points.PacedPointOperations;
import io.quiverdb.coordinator.migration.points.SampleMigrations;
import io.quiverdb.coordinator.migration.port.FakeTasks;
import io.quiverdb.coordinator.model.Phase;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The name of a phase leads to the class that does its work. */
class PhasesTest {
  private static final Set<Phase> ONLY_LOGGED =
      EnumSet.of(
          Phase.JOINING,
          Phase.LEAVING,
          Phase.PROMOTED,
          Phase.REMOVED,
          Phase.DONE,
          Phase.REVERTED,
          Phase.FAILED);

  private final Phases phases =
      new Phases(
          new PacedPointOperations(SampleMigrations.settings(20, 5)),
          new IndexBuildTrigger(FakeTasks.prompt()));

  @Test
  void eachPhaseWithWorkHasAClassOfItsName() {
    for (Phase phase : EnumSet.complementOf(EnumSet.copyOf(ONLY_LOGGED))) {
      String name = phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
      assertEquals(name + "Phase", phases.of(phase, false).getClass().getSimpleName());
    }
  }

  @Test
  void aPhaseThatIsOnlyLoggedHasNone() {
    for (Phase phase : ONLY_LOGGED) {
      assertThrows(IllegalArgumentException.class, () -> phases.of(phase, false), phase.name());
    }
  }

  @Test
  void searchesThatTriggerBuildsStayOpenFromTheCopyToTheFlipAndInTheDrop() {
    Set<Phase> open = EnumSet.noneOf(Phase.class);
    for (Phase phase : EnumSet.complementOf(EnumSet.copyOf(ONLY_LOGGED))) {
      if (phases.of(phase, false).keepsSearchesOpen()) {
        open.add(phase);
      }
    }
    assertEquals(
        EnumSet.of(Phase.COPYING, Phase.VERIFYING, Phase.WARMING, Phase.DROPPING, Phase.COOLING),
        open);
  }
}
