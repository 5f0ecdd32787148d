// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.Durations;
import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Collects what a step waits for, and what of that is logged. Thread-safe. */
final class WaitReport {
  private static final long MIN_WAIT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long REWORD_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(10);
  private static final int MAX_REWORDED_HOLDS = 40;

  /**
   * A hold.
   *
   * @param news whether it should be logged
   * @param shown whether it is what the migration shows; a question of another task may come before
   *     it
   * @param pause until the next attempt
   */
  record Hold(WaitingOn waitingOn, boolean news, boolean shown, Duration pause) {}

  /** The subject of a wait: several tasks may wait at the same time, each for its own. */
  private record About(String what, List<String> urls) {
    static About of(WaitingOn waitingOn) {
      return new About(waitingOn.what(), waitingOn.urls());
    }
  }

  /** What the migration shows at present. */
  private sealed interface Shown {}

  /** It waits for nothing. */
  private record Progressing() implements Shown {}

  /** It waits; logged with the next entry once it has lasted. */
  private record Waiting(WaitingOn on, long sinceNanos) implements Shown {}

  /** It holds, and the log says so: an entry about progress would end that. */
  private record Holding(WaitingOn on) implements Shown {}

  /** What the log says, and when it was written. */
  private record Logged(Optional<WaitingOn> waiting, long nanos) {}

  private Shown shown = new Progressing();
  private Logged logged;
  private long loggedHolds;

  /** Since when each subject is waited for, in ms since 1970. */
  private final Map<About, Long> sinceMillis = new HashMap<>();

  /** The last hold for each, the newest last. */
  private final Map<About, WaitingOn> held = new LinkedHashMap<>();

  /** The open questions to the operator, oldest first: that one is shown until it is answered. */
  private final Set<About> questions = new LinkedHashSet<>();

  /** By word. */
  private final Map<String, Long> attempts = new HashMap<>();

  /** By word: the last report. */
  private final Map<String, String> said = new HashMap<>();

  WaitReport(Optional<WaitingOn> logged, long nanos) {
    this.logged = new Logged(logged, nanos - REWORD_INTERVAL_NANOS);
  }

  synchronized void reportWaiting(
      String what, String detail, List<String> urls, long nanos, long millis) {
    if (urls.isEmpty()) {
      // The shards that were away are back.
      forget(about -> about.what().equals(what) && !about.urls().isEmpty());
    }
    WaitingOn now = waitingOn(what, detail, urls, attempts.getOrDefault(what, 0L), 0, millis);
    if (asked().isEmpty()) {
      show(now, nanos);
    }
  }

  private WaitingOn waitingOn(
      String what, String detail, List<String> urls, long tries, long next, long millis) {
    WaitingOn found = new WaitingOn(what, detail, urls, millis, tries, next);
    long since = sinceMillis.computeIfAbsent(About.of(found), first -> millis);
    return new WaitingOn(what, detail, urls, since, tries, next);
  }

  private void show(WaitingOn now, long nanos) {
    boolean same = shown instanceof Waiting known && known.on().what().equals(now.what());
    shown = new Waiting(now, same ? ((Waiting) shown).sinceNanos() : nanos);
  }

  private Optional<WaitingOn> waiting() {
    if (shown instanceof Waiting waiting) {
      return Optional.of(waiting.on());
    }
    return shown instanceof Holding holding ? Optional.of(holding.on()) : Optional.empty();
  }

  /** The question that is shown before all else. */
  private Optional<WaitingOn> asked() {
    return questions.stream().map(held::get).findFirst();
  }

  /** A question was answered or withdrawn. */
  synchronized void closeQuestion(String what, List<String> urls, long nanos) {
    About about = About.of(new WaitingOn(what, "", urls, 0, 0, 0));
    boolean wasShown = waiting().map(About::of).filter(about::equals).isPresent();
    questions.remove(about);
    forget(about::equals);
    if (wasShown) {
      next(nanos);
    }
  }

  private void forget(Predicate<About> over) {
    Predicate<About> gone = over.and(about -> !questions.contains(about));
    sinceMillis.keySet().removeIf(gone);
    held.keySet().removeIf(gone);
  }

  /** Points were moved. A hold for a shard stays: other tasks may progress meanwhile. */
  synchronized void moved() {
    if (!holds()) {
      over();
    }
  }

  /** One of several tasks waits. A hold takes precedence. */
  synchronized void reportWaitingAside(
      String what, String detail, List<String> urls, long nanos, long millis) {
    if (!holds()) {
      reportWaiting(what, detail, urls, nanos, millis);
    }
  }

  /** A shard has answered again; the migration may hold for another one. */
  synchronized void back(String url, long nanos) {
    if (!holds()) {
      over();
      return;
    }
    forget(about -> about.urls().contains(url));
    if (asked().isEmpty() && waiting().map(w -> w.names(List.of(url))).orElse(false)) {
      next(nanos);
    }
  }

  /**
   * Shows the next hold. Only holds for shards count, because nothing reports the end of others.
   */
  private void next(long nanos) {
    Optional<WaitingOn> left =
        asked()
            .or(
                () ->
                    held.values().stream()
                        .filter(hold -> !hold.urls().isEmpty())
                        .reduce((earlier, later) -> later));
    if (left.isEmpty()) {
      over();
    } else {
      show(left.get(), nanos);
    }
  }

  private boolean holds() {
    return waiting().map(WaitingOn::isHold).orElse(false);
  }

  /** All waits are over, except questions to the operator. */
  synchronized void over() {
    forget(about -> true);
    attempts.clear();
    said.clear();
    shown = asked().<Shown>map(Holding::new).orElseGet(Progressing::new);
  }

  /** Whether the step waits for something. */
  synchronized boolean known() {
    return waiting().isPresent();
  }

  /** What the step waits for, if that lasts long enough to be shown. */
  synchronized Optional<WaitingOn> lasting(long nanos) {
    boolean hasLasted =
        !(shown instanceof Waiting waiting) || nanos - waiting.sinceNanos() >= MIN_WAIT_NANOS;
    return waiting().filter(on -> on.isHold() || hasLasted);
  }

  /** Whether it should be logged although there is no progress to log. */
  synchronized boolean worthAnEntry(long nanos) {
    Optional<WaitingOn> now = lasting(nanos);
    Optional<WaitingOn> before = logged.waiting();
    boolean sameWord = now.map(WaitingOn::what).equals(before.map(WaitingOn::what));
    boolean sameText = now.map(WaitingOn::detail).equals(before.map(WaitingOn::detail));
    boolean reword = !sameText && nanos - logged.nanos() >= REWORD_INTERVAL_NANOS;
    return !(shown instanceof Holding) && (!sameWord || reword);
  }

  /** Remembers what was logged. */
  synchronized void told(Optional<WaitingOn> said, long nanos) {
    logged = new Logged(said, nanos);
  }

  /**
   * Counts a failed attempt. The pause grows with each attempt.
   *
   * @param question whether it waits for an operator's answer, until it is {@link #closeQuestion}
   * @param inLog whether the log says that the migration holds; an operator's order ends that
   */
  synchronized Hold hold(
      String what,
      String detail,
      List<String> urls,
      boolean question,
      boolean inLog,
      long nanos,
      long millis) {
    long tries = attempts.merge(what, 1L, Long::sum);
    Duration pause = pause(tries);
    WaitingOn now = waitingOn(what, detail, urls, tries, millis + pause.toMillis(), millis);
    About about = About.of(now);
    if (question) {
      questions.add(about);
    } else {
      held.remove(about);
    }
    held.put(about, now);
    boolean first = asked().map(now::equals).orElse(true);
    boolean changed = !now.detail().equals(said.get(what));
    // Every member keeps the log, so repeated failures are logged less and less often.
    boolean news =
        (!inLog && first)
            || Long.bitCount(tries) == 1
            || (changed && loggedHolds < MAX_REWORDED_HOLDS);
    if (first) {
      shown = new Holding(now);
    }
    if (news) {
      loggedHolds++;
      said.put(what, now.detail());
      if (first) {
        told(Optional.of(now), nanos);
      }
    }
    return new Hold(now, news, first, pause);
  }

  private static Duration pause(long attempts) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
    return Durations.min(doubled, MAX_PAUSE);
  }
}
