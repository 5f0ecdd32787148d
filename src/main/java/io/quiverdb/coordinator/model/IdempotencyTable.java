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
  /** No key yet. */
  public static final IdempotencyTable EMPTY = new IdempotencyTable(TreePMap.empty());

  /** The first outcome under this key. */
  public Optional<RememberedOutcome> find(String apiKeyId, String key) {
    return Optional.ofNullable(rings.get(apiKeyId)).flatMap(ring -> ring.find(key));
  }

  /** With one more outcome; the oldest ones of the same API key make room for it. */
  public IdempotencyTable plus(String apiKeyId, String key, RememberedOutcome outcome) {
    KeyRing ring = rings.getOrDefault(apiKeyId, KeyRing.EMPTY);
    return new IdempotencyTable(rings.plus(apiKeyId, ring.plus(key, outcome)));
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
