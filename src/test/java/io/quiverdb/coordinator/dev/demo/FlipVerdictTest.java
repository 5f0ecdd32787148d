// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The verdict about flips, from the times at which routers adopted them. */
class FlipVerdictTest {
  private static final long MS = 1_000_000;

  /** Each router was asked 10 ms before it was seen to have the new map. */
  private static FlipVerdict.Flip flip(boolean undisturbed, long... seenAtMillis) {
    return new FlipVerdict.Flip(
        "grow",
        undisturbed,
        IntStream.range(0, seenAtMillis.length)
            .mapToObj(
                i ->
                    new Adoption(
                        URI.create("http://r" + i),
                        (seenAtMillis[i] - 10) * MS,
                        seenAtMillis[i] * MS))
            .toList());
  }

  private static List<Boolean> judged(FlipVerdict.Flip flip, ReadBack.Stale... stale) {
    return new FlipVerdict(3, List.of(flip), List.of(stale), List.of())
        .checks().stream().map(CheckResult::holds).toList();
  }

  @Test
  void oneBeatIsWell() {
    assertEquals(List.of(true, true, true), judged(flip(true, 1_000, 1_090, 1_004)));
    assertEquals(90 * MS, flip(true, 1_000, 1_090, 1_004).apart());
  }

  @Test
  void whatIsSurelyLaterIsLate() {
    assertEquals(List.of(true, true, true), judged(flip(true, 1_000, 1_110, 1_004)));
    assertEquals(List.of(false, true, true), judged(flip(true, 1_000, 1_111, 1_004)));
  }

  @Test
  void aRouterThatNeverAdoptsItIsLate() {
    assertEquals(List.of(false, true, true), judged(flip(true, 1_000, 1_001)));
  }

  @Test
  void routersMayBeLateWhenAMemberFails() {
    assertEquals(List.of(true, true, true), judged(flip(false, 1_000, 2_900, 1_004)));
    assertTrue(
        new FlipVerdict(3, List.of(flip(false, 1, 2, 3)), List.of(), List.of())
            .figures()
            .get(0)
            .contains("not judged"));
  }

  @Test
  void aReadIsStaleForAReasonOnlyWhileRoutersDiffer() {
    FlipVerdict.Flip flip = flip(true, 1_000, 1_090, 1_004);
    for (long within : new long[] {990, 1_000, 1_090}) {
      assertEquals(
          List.of(true, true, true),
          judged(flip, new ReadBack.Stale(within * MS, "k")),
          "" + within);
    }
    for (long outside : new long[] {989, 1_091}) {
      assertEquals(
          List.of(true, false, true),
          judged(flip, new ReadBack.Stale(outside * MS, "k")),
          "" + outside);
    }
  }

  @Test
  void aReadThatIsNotAnsweredIsTold() {
    assertEquals(
        List.of("w1-2 through http://r1: 0"),
        new FlipVerdict(0, List.of(), List.of(), List.of("w1-2 through http://r1: 0"))
            .checks()
            .get(2)
            .wrong());
  }
}
