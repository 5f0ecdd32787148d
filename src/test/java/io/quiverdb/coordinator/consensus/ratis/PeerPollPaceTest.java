// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.Leadership;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How often a member asks the others: less often only while nothing is wrong. */
class PeerPollPaceTest {
  private static final Leadership.View LEADS =
      new Leadership.View(Leadership.Role.LEADER, true, 3, Optional.of("c1"), 9);
  private static final Leadership.View FOLLOWS =
      new Leadership.View(Leadership.Role.FOLLOWER, false, 3, Optional.of("c1"), 9);

  private final PeerPollPace pace = new PeerPollPace();

  /** Twenty rounds, each asked round with this finding. */
  private int asked(Leadership.View view, boolean fresh, boolean allFollow) {
    int asked = 0;
    for (int round = 0; round < 20; round++) {
      if (pace.isDue(view, fresh)) {
        asked++;
        pace.found(view, allFollow);
      }
    }
    return asked;
  }

  @Test
  void aLeaderAsksInEachRoundUntilAllFollow() {
    assertEquals(20, asked(LEADS, true, false));
    assertEquals(10, asked(LEADS, true, true), 1);
  }

  @Test
  void aFollowerAsksSeldomWhileNothingIsWrong() {
    assertEquals(10, asked(FOLLOWS, true, false));
    assertEquals(4, asked(FOLLOWS, true, true), 1);
  }

  @Test
  void whatWasWellUnderOneLeaderIsNotKnownToBeWellUnderTheNext() {
    rests();
    assertTrue(
        pace.isDue(
            new Leadership.View(Leadership.Role.FOLLOWER, false, 4, Optional.of("c1"), 9), true));
    rests();
    assertTrue(
        pace.isDue(
            new Leadership.View(Leadership.Role.FOLLOWER, false, 3, Optional.of("c2"), 9), true));
    rests();
    assertTrue(pace.isDue(LEADS, true));
  }

  @Test
  void whoDoesNotFollowAnyMoreAsksAtOnce() {
    rests();
    assertTrue(pace.isDue(FOLLOWS, false));
  }

  /** All is well, and two rounds ask nobody. */
  private void rests() {
    pace.found(FOLLOWS, true);
    assertFalse(pace.isDue(FOLLOWS, true));
    assertFalse(pace.isDue(FOLLOWS, true));
  }
}
