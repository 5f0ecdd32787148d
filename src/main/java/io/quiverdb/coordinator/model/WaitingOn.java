// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.List;

/**
 * What a migration waits for.
 *
 * @param what a stable word: {@code router}, {@code shard}, {@code request_drain}, {@code index},
 *     {@code operator}, ... (docs/migration.md lists them), at most {@value #MAX_WHAT} characters
 * @param detail a sentence for the operator, at most {@value #MAX_DETAIL} characters
 * @param urls of the shards that are waited for, at most {@value #MAX_URLS}: these may be skipped
 * @param sinceMillis when the wait began, milliseconds since 1970-01-01T00:00:00Z
 * @param attempts the number of attempts
 * @param nextRetryMillis when it is tried next; 0: not automatically
 */
public record WaitingOn(
    String what,
    String detail,
    List<String> urls,
    long sinceMillis,
    long attempts,
    long nextRetryMillis) {
  /** The word for a phase that leaders have begun too often without progress. */
  public static final String ATTEMPTS = "attempts";

  /** The longest detail, in characters. */
  public static final int MAX_DETAIL = 500;

  /** The longest word, in characters. */
  public static final int MAX_WHAT = 64;

  /** The most shards. */
  public static final int MAX_URLS = 16;

  /**
   * Identifies a wait, independent of its text.
   *
   * @param what see {@link WaitingOn#what}
   * @param sinceMillis see {@link WaitingOn#sinceMillis}
   */
  public record Id(String what, long sinceMillis) {}

  /** Cuts overlong texts and lists: they are replicated. */
  public WaitingOn {
    what = what.length() <= MAX_WHAT ? what : what.substring(0, MAX_WHAT);
    detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
    urls = List.copyOf(urls.size() <= MAX_URLS ? urls : urls.subList(0, MAX_URLS));
  }

  /** A wait that is not for a shard. */
  public WaitingOn(
      String what, String detail, long sinceMillis, long attempts, long nextRetryMillis) {
    this(what, detail, List.of(), sinceMillis, attempts, nextRetryMillis);
  }

  /** Identifies this wait. */
  public Id id() {
    return new Id(what, sinceMillis);
  }

  /** Whether the migration holds for it: an attempt has failed. */
  public boolean isHold() {
    return attempts > 0;
  }

  /** Whether it has this text and these shards. */
  public boolean says(String word, String sentence, List<String> of) {
    WaitingOn other = new WaitingOn(word, sentence, of, sinceMillis, attempts, nextRetryMillis);
    return equals(other);
  }

  /** Whether it waits for this shard, or for one of these. */
  public boolean names(List<String> shard) {
    return shard.stream().anyMatch(urls::contains);
  }
}
