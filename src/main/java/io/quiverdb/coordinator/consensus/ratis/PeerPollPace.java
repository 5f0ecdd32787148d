// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Leadership;
import java.util.Optional;

/**
 * Decides in which rounds a member asks the others for their reports. Asking costs each of them an
 * HTTP request, so a member asks less often while nothing is wrong. Used by one thread.
 */
final class PeerPollPace {
  private static final int CALM_LEADER = 2;
  private static final int FOLLOWER = 2;
  private static final int CALM_FOLLOWER = 5;

  /** The leadership under which all was well. Under another one that is not known. */
  private record Seen(boolean leads, long term, Optional<String> leader) {
    static Seen of(Leadership.View view) {
      return new Seen(view.leads(), view.term(), view.leaderId());
    }
  }

  /** Set while all is well. */
  private Optional<Seen> calm = Optional.empty();

  private int passed;

  /**
   * Whether this round asks.
   *
   * @param fresh whether this member follows the leader, or leads with a majority
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

  /**
   * Notes what a round has found.
   *
   * @param allFollow whether all other members follow and nothing is wrong
   */
  void found(Leadership.View view, boolean allFollow) {
    calm = allFollow ? Optional.of(Seen.of(view)) : Optional.empty();
  }
}
