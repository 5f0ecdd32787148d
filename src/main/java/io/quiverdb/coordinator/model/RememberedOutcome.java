// SPDX-License-Identifier: Apache-2.0
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
  /** Measured: the two tables, this record, its outcome, and the heads of all texts. */
  private static final int OVERHEAD = 288;

  /** The heap that it takes together with its key, in bytes; an upper estimate. */
  int weight(String key) {
    int detail = outcome instanceof Outcome.Rejected rejected ? 2 * rejected.detail().length() : 0;
    return OVERHEAD + key.length() + fingerprint.length() + detail;
  }
}
