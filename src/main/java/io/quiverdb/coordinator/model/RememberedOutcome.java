package io.quiverdb.coordinator.model;

/**
 * The first outcome of a request that carried an idempotency key.
 *
 * @param fingerprint of the request
 * @param index log index of the request's entry
 * @param epochMillis the state's clock when it was applied
 * @param outcome what it was answered
 */
public record RememberedOutcome(String fingerprint, long index, long epochMillis, Outcome outcome) {
  private static final int OVERHEAD = 64;

  /** What it counts towards the byte bound of its table, together with its key. */
  int weight(String key) {
    int detail = outcome instanceof Outcome.Rejected rejected ? 3 * rejected.detail().length() : 0;
    return OVERHEAD + 3 * key.length() + fingerprint.length() + detail;
  }
}
