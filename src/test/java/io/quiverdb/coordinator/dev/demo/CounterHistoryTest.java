// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The checker itself must find the faults. */
class CounterHistoryTest {
  @Test
  void overlappingOperationsMayTakeAnyOrder() {
    assertEquals(0, violations(new long[][] {{0, 10, 2}, {5, 15, 1}, {11, 20, 3}}));
  }

  @Test
  void aLaterOperationMustGetMore() {
    assertEquals(1, violations(new long[][] {{0, 10, 2}, {11, 15, 1}}));
  }

  @Test
  void noValueIsGivenTwice() {
    assertEquals(1, violations(new long[][] {{0, 10, 2}, {5, 15, 2}}));
  }

  private static int violations(long[][] operations) {
    CounterHistory history = new CounterHistory();
    for (long[] o : operations) {
      history.add(new CounterHistory.Operation(o[0], o[1], o[2], "test"));
    }
    return history.violations().size();
  }
}
