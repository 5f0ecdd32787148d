// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.QuiverResponse;
import java.util.Optional;

/**
 * The fate of one request in the network and at the shard.
 *
 * @param there ns until it arrives
 * @param lostBefore it never arrives; the sender's connection breaks instead
 * @param instead what the shard answers without doing anything
 * @param lostAfter it is done, but the answer is lost
 * @param back ns until the answer, or the break, is with the sender
 * @param silent what is lost is not noticed: the sender hears nothing at all
 * @param held packets of it are lost and sent again, for longer than its sender waits; once that
 *     one gives it up, or dies, it is thrown away
 */
record Fate(
    long there,
    boolean lostBefore,
    Optional<QuiverResponse> instead,
    boolean lostAfter,
    long back,
    boolean silent,
    boolean held) {
  static Fate delivered(long there, long back) {
    return new Fate(there, false, Optional.empty(), false, back, false, false);
  }

  /** It is done at its time, and nobody hears of it. */
  static Fate unheard(long there) {
    return new Fate(there, false, Optional.empty(), true, 0, true, false);
  }

  /** It would arrive then; its sender gives it up before. */
  static Fate held(long there) {
    return new Fate(there, false, Optional.empty(), false, 0, false, true);
  }

  static Fate lost(long there, boolean silent) {
    return new Fate(there, true, Optional.empty(), false, 0, silent, false);
  }

  static Fate answered(long there, QuiverResponse instead, long back) {
    return new Fate(there, false, Optional.of(instead), false, back, false, false);
  }
}
