// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * Decides when a bootstrap is offered again, and which answers are new. While a leader does not
 * accept it, the pause between two offers doubles. A bootstrap that a leader will never accept is
 * not offered to it again. A new term starts over. Not thread-safe.
 */
final class OfferPace {
  /** The pause between the first two offers. */
  static final Duration SHORTEST = Duration.ofMillis(200);

  /** The longest pause between two offers. */
  static final Duration MAX_PAUSE = Duration.ofSeconds(10);

  private long term = -1;
  private Duration pause = SHORTEST;
  private long lastNanos;
  private Offered last = new Offered(Offered.Fate.DECIDED, "");

  /**
   * Whether to offer it now.
   *
   * @param currentTerm the term that the leader leads
   * @param nanos now, by a monotonic clock
   */
  boolean due(long currentTerm, long nanos) {
    if (currentTerm != term) {
      return true;
    }
    return last.fate() != Offered.Fate.NEVER && nanos - lastNanos >= pause.toNanos();
  }

  /**
   * Notes an answer.
   *
   * @param offeredTerm the term in which it was offered
   * @return whether it is another answer than the last one
   */
  boolean note(long offeredTerm, Offered answer, long nanos) {
    boolean another = offeredTerm != term || !answer.equals(last);
    if (offeredTerm != term) {
      pause = SHORTEST;
    } else if (pause.compareTo(MAX_PAUSE) < 0) {
      Duration twice = pause.multipliedBy(2);
      pause = Collections.min(List.of(twice, MAX_PAUSE));
    }
    term = offeredTerm;
    last = answer;
    lastNanos = nanos;
    return another;
  }
}
