// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Map;
import java.util.Optional;
import org.pcollections.TreePMap;

/**
 * First outcomes of the requests that carried an idempotency key, apart for each API key.
 *
 * @param rings by the id of the API key
 */
public record IdempotencyTable(TreePMap<String, KeyRing> rings) {
  /** The limit for the heap of all keys together, in bytes: a sixth of the default heap. */
  public static final long MAX_BYTES = 16L << 20;

  /** No key yet. */
  public static final IdempotencyTable EMPTY = new IdempotencyTable(TreePMap.empty());

  /** The first outcome under this key. */
  public Optional<RememberedOutcome> find(String apiKeyId, String key) {
    return Optional.ofNullable(rings.get(apiKeyId)).flatMap(ring -> ring.find(key));
  }

  /**
   * With one more outcome. It replaces the oldest outcomes of the same API key if that key has too
   * many; if all keys together have too many, those of the API key that has most.
   */
  public IdempotencyTable plus(String apiKeyId, String key, RememberedOutcome outcome) {
    KeyRing ring = rings.getOrDefault(apiKeyId, KeyRing.EMPTY);
    TreePMap<String, KeyRing> kept = rings.plus(apiKeyId, ring.plus(key, outcome));
    for (long over = bytes(kept) - MAX_BYTES; over > 0; over = bytes(kept) - MAX_BYTES) {
      String largest = largest(kept);
      kept = kept.plus(largest, kept.getOrDefault(largest, KeyRing.EMPTY).withoutOldest());
    }
    return new IdempotencyTable(kept);
  }

  private static long bytes(TreePMap<String, KeyRing> rings) {
    return rings.values().stream().mapToLong(KeyRing::bytes).sum();
  }

  /** Among equal ones the first by name, so that every member chooses the same. */
  private static String largest(TreePMap<String, KeyRing> rings) {
    String largest = rings.firstKey();
    long most = -1;
    for (Map.Entry<String, KeyRing> ring : rings.entrySet()) {
      if (ring.getValue().bytes() > most) {
        largest = ring.getKey();
        most = ring.getValue().bytes();
      }
    }
    return largest;
  }

  /** Without the keys that are older than {@link KeyRing#MAX_AGE_MILLIS}. */
  public IdempotencyTable expire(long nowMillis) {
    TreePMap<String, KeyRing> kept = rings;
    for (Map.Entry<String, KeyRing> entry : rings.entrySet()) {
      KeyRing ring = entry.getValue().expire(nowMillis);
      if (ring.byKey().isEmpty()) {
        kept = kept.minus(entry.getKey());
      } else if (ring.byKey().size() != entry.getValue().byKey().size()) {
        kept = kept.plus(entry.getKey(), ring);
      }
    }
    return new IdempotencyTable(kept);
  }
}
