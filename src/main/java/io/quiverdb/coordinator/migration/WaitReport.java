package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a step waits for, and how much of that the log knows. Thread-safe. */
final class WaitReport {
  private static final long LASTS_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long REWORDED_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final int FREE_HOLDS = 40;

  /** A hold: what is logged, if it is worth an entry, and how long to pause. */
  record Hold(WaitingOn waitingOn, boolean logged, Duration pause) {}

  private Optional<WaitingOn> waiting;
  private long sinceNanos;

  /** By the URLs that are waited for: several shards may be away, each for a time of its own. */
  private final Map<List<String>, Long> sinceMillis = new HashMap<>();

  private Optional<WaitingOn> logged;
  private long loggedNanos;
  private long holds;

  /** A progress entry would end the hold. */
  private boolean holding;

  WaitReport(Optional<WaitingOn> logged, long nanos) {
    this.waiting = Optional.empty();
    this.logged = logged;
    this.sinceNanos = nanos;
    this.loggedNanos = nanos - REWORDED_NANOS;
  }

  synchronized void waiting(
      String what, String detail, List<String> urls, long nanos, long millis) {
    holding = false;
    boolean same = waiting.filter(w -> w.what().equals(what)).isPresent();
    if (!same) {
      sinceNanos = nanos;
      sinceMillis.clear();
    }
    if (urls.isEmpty()) {
      // Whoever was away is back.
      sinceMillis.keySet().retainAll(Set.of(urls));
    }
    waiting =
        Optional.of(
            new WaitingOn(
                what,
                detail,
                urls,
                sinceMillis.computeIfAbsent(urls, first -> millis),
                same ? waiting.get().attempts() : 0,
                0));
  }

  /** Something was moved; a shard that the move holds for is still away while others go on. */
  synchronized void moved() {
    if (!holds()) {
      over();
    }
  }

  /** A task waits for a moment beside others; what the move holds for is what matters. */
  synchronized void waitingAside(
      String what, String detail, List<String> urls, long nanos, long millis) {
    if (!holds()) {
      waiting(what, detail, urls, nanos, millis);
    }
  }

  /** A shard has answered again; the move may hold for another one. */
  synchronized void back(String url) {
    if (!holds() || waiting.map(w -> w.names(List.of(url))).orElse(false)) {
      over();
    }
  }

  private boolean holds() {
    return waiting.map(WaitingOn::isHold).orElse(false);
  }

  synchronized void over() {
    holding = false;
    sinceMillis.clear();
    waiting = Optional.empty();
  }

  /** Whether something is known to be waited for. */
  synchronized boolean known() {
    return waiting.isPresent();
  }

  /** What is waited for, if it is worth telling. */
  synchronized Optional<WaitingOn> lasting(long nanos) {
    return waiting.filter(w -> w.isHold() || nanos - sinceNanos >= LASTS_NANOS);
  }

  /** Whether the log should hear of it without being told anything else. */
  synchronized boolean worthAnEntry(long nanos) {
    Optional<WaitingOn> now = lasting(nanos);
    boolean sameWord = now.map(WaitingOn::what).equals(logged.map(WaitingOn::what));
    boolean sameText = now.map(WaitingOn::detail).equals(logged.map(WaitingOn::detail));
    return !holding && (!sameWord || (!sameText && nanos - loggedNanos >= REWORDED_NANOS));
  }

  /** The log was told. */
  synchronized void told(Optional<WaitingOn> said, long nanos) {
    logged = said;
    loggedNanos = nanos;
  }

  /**
   * One more failed attempt: after each that follows upon another the pause is longer.
   *
   * @param shown whether the log says that the move holds; not any more after a wish of an operator
   */
  synchronized Hold hold(
      String what, String detail, List<String> urls, boolean shown, long nanos, long millis) {
    waiting(what, detail, urls, nanos, millis);
    WaitingOn now = waiting.orElseThrow();
    long attempts = now.attempts() + 1;
    Duration pause = pause(attempts);
    WaitingOn next =
        new WaitingOn(what, detail, urls, now.sinceMillis(), attempts, millis + pause.toMillis());
    boolean news =
        !logged.map(WaitingOn::what).equals(Optional.of(what))
            || !logged.map(WaitingOn::detail).equals(Optional.of(next.detail()));
    // A log full of failures hides what matters, and every member keeps it.
    boolean log = !shown || Long.bitCount(attempts) == 1 || (news && holds < FREE_HOLDS);
    waiting = Optional.of(next);
    holding = true;
    if (log) {
      holds++;
      told(waiting, nanos);
    }
    return new Hold(next, log, pause);
  }

  private static Duration pause(long attempts) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }
}
