// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Command.AdvanceMigration;
import io.quiverdb.coordinator.command.Command.FinishMigration;
import io.quiverdb.coordinator.command.Command.RevertDone;
import io.quiverdb.coordinator.model.Phase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first completion of each step is not logged, so the step has to be done again. The proposed
 * entry that completes a step proves that its work was done.
 */
final class EveryStepTwice implements Ambush {
  private final AtEntry blow;
  private final Map<Phase, List<Long>> terms = new EnumMap<>(Phase.class);

  /**
   * A world in which every step is done twice.
   *
   * @param blow what happens to the first who has done a step
   */
  EveryStepTwice(AtEntry blow) {
    this.blow = blow;
  }

  /** Terms of the leaders that did the step out of a phase, in order. */
  List<Long> terms(Phase phase) {
    return terms.getOrDefault(phase, List.of());
  }

  @Override
  public AtEntry proposed(long term, Command entry) {
    Optional<Phase> done = completed(entry);
    if (done.isEmpty()) {
      return AtEntry.PASSES;
    }
    List<Long> before = terms.computeIfAbsent(done.get(), phase -> new ArrayList<>());
    before.add(term);
    return before.size() == 1 ? blow : AtEntry.PASSES;
  }

  /** The phase whose work an entry says is done. */
  private static Optional<Phase> completed(Command entry) {
    if (entry instanceof AdvanceMigration advance) {
      boolean back = advance.to() == Phase.REVERTING || advance.to() == Phase.FAILED;
      boolean verifiedBefore = advance.from() == Phase.WARMING && advance.to() == Phase.VERIFYING;
      return back || verifiedBefore ? Optional.empty() : Optional.of(advance.from());
    }
    if (entry instanceof FinishMigration finish) {
      return Optional.of(finish.phase());
    }
    return entry instanceof RevertDone ? Optional.of(Phase.REVERTING) : Optional.empty();
  }
}
