package io.quiverdb.coordinator.model;

import java.util.List;
import java.util.regex.Pattern;

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

  private static final Pattern URL = Pattern.compile("(?i)https?://[^\\s,;()\"]+");
  private static final Pattern END = Pattern.compile("[.:/]+$");

  /** Cuts overlong texts: they are replicated. */
  public WaitingOn {
    what = what.length() <= MAX_WHAT ? what : what.substring(0, MAX_WHAT);
    detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
  }

  /** Whether the move holds for it: something was tried, and failed. */
  public boolean isHold() {
    return attempts > 0;
  }

  /** Whether the detail names this URL, or something below it, and not one that begins like it. */
  public boolean names(String url) {
    String bare = END.matcher(url).replaceFirst("");
    return Pattern.compile(Pattern.quote(bare) + "(?![\\w-]|[.:]\\w)").matcher(detail).find();
  }

  /** The URLs that a detail names, in its order: whom it is about; empty if nobody. */
  public static List<String> urlsIn(String detail) {
    return URL.matcher(detail)
        .results()
        .map(found -> END.matcher(found.group()).replaceFirst(""))
        .toList();
  }
}
