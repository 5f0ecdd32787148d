// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import java.util.Optional;

/**
 * In which rounds a member asks the others what they are: each time costs all of them a request
 * over HTTP. While nothing is wrong it asks less often. Used by one thread.
 */
final class UpkeepPace {
  private static final int CALM_LEADER = 2;
  private static final int FOLLOWER = 2;
  private static final int CALM_FOLLOWER = 5;

  /** Whom this member saw lead; with another leader, nothing is known to be well any more. */
  private record Seen(boolean leads, long term, Optional<String> leader) {
    static Seen of(Leadership.View view) {
      return new Seen(view.leads(), view.term(), view.leaderId());
    }
  }

  private Optional<Seen> calm = Optional.empty();
  private int passed;

  /**
   * Whether this round asks.
   *
   * @param fresh whether this member follows now, or leads, and a majority with it
   */
  boolean isDue(Leadership.View view, boolean fresh) {
    boolean isCalm = fresh && calm.equals(Optional.of(Seen.of(view)));
    if (++passed < rounds(view.leads(), isCalm)) {
      return false;
    }
    passed = 0;
    return true;
  }

  private static int rounds(boolean leads, boolean calm) {
    if (leads) {
      return calm ? CALM_LEADER : 1;
    }
    return calm ? CALM_FOLLOWER : FOLLOWER;
  }

  /** What a round has found: whether all others follow, and nothing is wrong. */
  void found(Leadership.View view, boolean allFollow) {
    calm = allFollow ? Optional.of(Seen.of(view)) : Optional.empty();
  }
}
