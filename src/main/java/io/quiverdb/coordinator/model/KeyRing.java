// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Optional;
import org.pcollections.TreePMap;
import org.pcollections.TreePVector;

/**
 * The idempotency keys of one API key, bounded by bytes and age.
 *
 * @param byKey the remembered outcomes
 * @param oldestFirst the same keys in the order in which they were applied, for expiry
 * @param bytes the heap that they take
 */
public record KeyRing(
    TreePMap<String, RememberedOutcome> byKey, TreePVector<String> oldestFirst, long bytes) {
  /** The most bytes kept for one API key. */
  public static final long MAX_BYTES = 8L << 20;

  /** How long a key is kept, in milliseconds: 24 hours. */
  public static final long MAX_AGE_MILLIS = 24L * 60 * 60 * 1000;

  static final KeyRing EMPTY = new KeyRing(TreePMap.empty(), TreePVector.empty(), 0);

  Optional<RememberedOutcome> find(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  KeyRing plus(String key, RememberedOutcome outcome) {
    KeyRing ring =
        new KeyRing(byKey.plus(key, outcome), oldestFirst.plus(key), bytes + outcome.weight(key));
    while (ring.bytes > MAX_BYTES) {
      ring = ring.withoutOldest();
    }
    return ring;
  }

  KeyRing expire(long nowMillis) {
    KeyRing ring = this;
    while (!ring.oldestFirst.isEmpty() && nowMillis - ring.oldestMillis() > MAX_AGE_MILLIS) {
      ring = ring.withoutOldest();
    }
    return ring;
  }

  private long oldestMillis() {
    RememberedOutcome oldest = byKey.get(oldestFirst.get(0));
    return oldest == null ? Long.MIN_VALUE / 2 : oldest.epochMillis();
  }

  KeyRing withoutOldest() {
    String oldest = oldestFirst.get(0);
    RememberedOutcome outcome = byKey.get(oldest);
    long weight = outcome == null ? 0 : outcome.weight(oldest);
    return new KeyRing(byKey.minus(oldest), oldestFirst.minus(0), bytes - weight);
  }
}
