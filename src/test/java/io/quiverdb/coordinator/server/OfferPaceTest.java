// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OfferPaceTest {
  private static final long MILLI = 1_000_000;
  private static final Offered BUSY = Offered.answered("c1", 503, "nobody leads");
  private static final Offered TOO_LARGE = Offered.answered("c1", 413, "too large");

  private final OfferPace pace = new OfferPace();

  @DisplayName("an answer that stays is logged once, and asked for every ten seconds in the end")
  @Test
  void anAnswerThatStaysIsLoggedOnceAndAskedForRarely() {
    List<Long> offers = new ArrayList<>();
    int told = 0;
    for (long now = 0; now < 60_000; now += 200) {
      if (pace.due(7, now * MILLI)) {
        offers.add(now);
        told += pace.note(7, BUSY, now * MILLI) ? 1 : 0;
      }
    }
    assertEquals(
        List.of(
            0L, 200L, 600L, 1_400L, 3_000L, 6_200L, 12_600L, 22_600L, 32_600L, 42_600L, 52_600L),
        offers);
    assertEquals(1, told);
  }

  @Test
  void anotherAnswerIsTold() {
    assertTrue(pace.note(7, BUSY, 0));
    assertFalse(pace.note(7, BUSY, 0));
    assertTrue(pace.note(7, Offered.answered("c1", 503, "the disk is full"), 0));
  }

  @Test
  void whatALeaderWillNeverTakeIsNotOfferedToItAgain() {
    assertTrue(pace.note(7, TOO_LARGE, 0));
    assertFalse(pace.due(7, Long.MAX_VALUE / 2));
    assertTrue(pace.due(8, 1), "another leader may be of another release");
  }

  @Test
  void anotherTermBeginsAnew() {
    for (int i = 0; i < 10; i++) {
      pace.note(7, BUSY, 0);
    }
    assertFalse(pace.due(7, 9_999 * MILLI));
    assertTrue(pace.due(8, 0));
    assertTrue(pace.note(8, BUSY, 0));
    assertTrue(pace.due(8, 200 * MILLI));
  }

  @Test
  void answersAreJudgedByWhetherTheyCanChange() {
    for (int status : new int[] {400, 413, 415, 422}) {
      assertEquals(Offered.Fate.NEVER, Offered.answered("c1", status, "").fate());
    }
    for (int status : new int[] {401, 403, 404, 500, 503, 504}) {
      assertEquals(Offered.Fate.LATER, Offered.answered("c1", status, "").fate());
    }
    assertEquals(Offered.Fate.DECIDED, Offered.answered("c1", 200, "").fate());
    assertEquals(Offered.Fate.NEVER, rejected(Refusal.INVALID_MAP).fate());
    assertEquals(Offered.Fate.DECIDED, rejected(Refusal.BOOTSTRAP_MISMATCH).fate());
    assertEquals(Offered.Fate.LATER, Offered.submitted(new Submission.Unavailable("full")).fate());
  }

  private static Offered rejected(Refusal refusal) {
    return Offered.submitted(
        new Submission.Answered(new Outcome.Rejected(refusal, "", 0), false, 1, 1));
  }
}
