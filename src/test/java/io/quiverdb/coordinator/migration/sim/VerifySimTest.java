// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.model.DataCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Verifications in many worlds: while clients write, before, between and after migrations, and
 * while leaders die.
 */
class VerifySimTest {
  private final List<DataCheck> reports = new ArrayList<>();

  private Simulation simulation(Consumer<Setup> change) {
    return new Simulation(
        RealEngine::new,
        change.andThen(
            setup -> {
              setup.verifying = true;
              setup.onReports = reports::addAll;
            }));
  }

  @Test
  void noFalseAlarmUnderWriters() {
    for (long seed : Seeds.listed("verify.seeds", "1-20").toArray()) {
      int before = reports.size();
      simulation(
              setup -> {
                setup.schemers = 0;
                setup.faults =
                    setup.faults.stream().filter(f -> f != Faults.Kind.SHARD_EMPTIED).toList();
                setup.faultsUntil = Math.min(setup.faultsUntil, 60_000_000_000L);
                setup.wishes = setup.wishes.subList(0, 1);
              })
          .run(seed);
      assertTrue(reports.size() > before, "no report in world " + seed);
    }
  }

  @Test
  void aStrayIsFoundWhereItIs() {
    int found = 0;
    for (long seed = 1; seed <= 10; seed++) {
      reports.clear();
      simulation(
              setup -> {
                setup.calm();
                setup.orphan = true;
                setup.wishes = List.of();
              })
          .run(seed);
      long strays = reports.get(reports.size() - 1).report().strays().total();
      found += strays > 0 ? 1 : 0;
    }
    assertTrue(found > 2, "found in " + found + " worlds");
  }

  /**
   * The leader dies at each entry of a check, once before it is proposed, once when it is logged.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNextLeaderGoesOn(boolean logged) {
    int struck = 0;
    for (int number = 1; number <= 6; number++) {
      reports.clear();
      AtCheckEntry ambush = new AtCheckEntry(number, logged);
      simulation(
              setup -> {
                setup.calm();
                setup.members = 3;
                setup.shards = 2;
                setup.orphan = true;
                setup.wishes = List.of();
                setup.latency = 300_000_000;
                setup.requestDrain = Duration.ofSeconds(4);
                setup.collections = List.of(IndexKind.HNSW, IndexKind.IVF);
                setup.ambush = ambush;
              })
          .run(3);
      DataCheck report = reports.get(0);
      assertEquals(1, report.id(), "the one that was begun ends");
      assertEquals(4, report.report().rows().size(), "two collections on two shards");
      struck += ambush.struck ? 1 : 0;
    }
    assertTrue(struck >= 3, "struck " + struck + " times");
  }

  /** Other entries than those of checks pass. */
  private static final class AtCheckEntry implements Ambush {
    private final int number;
    private final boolean logged;
    private int seen;
    private boolean struck;

    AtCheckEntry(int number, boolean logged) {
      this.number = number;
      this.logged = logged;
    }

    private boolean isNow(Command entry) {
      boolean now = entry instanceof CheckCommand && ++seen == number;
      struck |= now;
      return now;
    }

    @Override
    public AtEntry proposed(long term, Command entry) {
      return !logged && isNow(entry) ? AtEntry.KILLED : AtEntry.PASSES;
    }

    @Override
    public boolean killsAfter(Command entry) {
      return logged && isNow(entry);
    }
  }
}
