// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.migration.points.AbsentCounter.Verdict;
import org.junit.jupiter.api.Test;

/** When an operator is asked about points that are absent on their owner. */
class AbsentCounterTest {
  private static final long ONE = 1;
  private static final long OTHER = 2;

  private final AbsentCounter absent =
      new AbsentCounter(FakeWorld.grow().migration().control(), 10);

  @Test
  void anAnswerIsAboutOneDonorAndOnePass() {
    assertEquals(Verdict.GO, absent.judge(ONE, 10));
    assertEquals(Verdict.ASK, absent.judge(ONE, 1));
    assertEquals(Verdict.WAIT, absent.judge(OTHER, 1));
    absent.answered(ONE, true);
    assertEquals(Verdict.GO, absent.judge(ONE, 100));
    assertEquals(Verdict.ASK, absent.judge(OTHER, 11));
    absent.answered(OTHER, false);
    assertEquals(Verdict.GO, absent.judge(ONE, 100));
    absent.beginPass();
    assertEquals(Verdict.ASK, absent.judge(ONE, 11));
  }
}
