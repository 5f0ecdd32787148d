package io.quiverdb.coordinator.model;

/**
 * What a move waits for.
 *
 * @param what a stable word: {@code router}, {@code shard}, {@code request_drain}, {@code index},
 *     {@code operator}, ... (docs/migration.md lists them), at most {@value #MAX_WHAT} characters
 * @param detail a sentence for the operator, at most {@value #MAX_DETAIL} characters
 * @param sinceMillis since when, milliseconds since 1970-01-01T00:00:00Z
 * @param attempts how often it was tried
 * @param nextRetryMillis when it is tried next; 0: not by itself
 */
public record WaitingOn(
    String what, String detail, long sinceMillis, long attempts, long nextRetryMillis) {
  /** The longest detail, in characters. */
  public static final int MAX_DETAIL = 500;

  /** The longest word, in characters. */
  public static final int MAX_WHAT = 64;

  /** Cuts overlong texts: they are replicated. */
  public WaitingOn {
    what = what.length() <= MAX_WHAT ? what : what.substring(0, MAX_WHAT);
    detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
  }
}
