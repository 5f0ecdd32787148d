// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.growth;

import io.quiverdb.coordinator.api.growth.GrowthAdvice.Verdict;
import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.GrowthObstacle;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** The looks in a row of one leader, in memory: the next leader begins anew. Thread-safe. */
public final class GrowthLooks {
  /** The code of the alarm. It does not prevent growth: it asks for it. */
  public static final String ALARM = "growth_advised";

  private Optional<Subject> subject = Optional.empty();
  private Optional<GrowthAdvice> last = Optional.empty();
  private Optional<Attempt> attempt = Optional.empty();

  /**
   * An addition that was not begun.
   *
   * @param at when, in ISO 8601
   */
  public record Attempt(String at, String url, String error) {}

  /** What the looks are about: others say nothing of these shards, or of this policy. */
  private record Subject(long term, long policyVersion, long mapVersion) {
    static Subject of(long term, ClusterState state) {
      return new Subject(term, state.growth().version(), state.map().version());
    }
  }

  /** How many looks in a row have seen it. */
  synchronized int count(long term, ClusterState state) {
    return subject.equals(Optional.of(Subject.of(term, state)))
        ? last.map(GrowthAdvice::looks).orElse(0)
        : 0;
  }

  /**
   * Takes a look.
   *
   * @param advice by the number of looks in a row
   */
  synchronized GrowthAdvice look(long term, ClusterState state, IntFunction<GrowthAdvice> advice) {
    GrowthAdvice next = advice.apply(count(term, state) + 1);
    GrowthAdvice seen = next.counts() ? next : advice.apply(0);
    Optional<Subject> about = Optional.of(Subject.of(term, state));
    if (!about.equals(subject)) {
      // It was about a standby of another policy, or of another leader.
      attempt = Optional.empty();
    }
    subject = about;
    last = Optional.of(seen);
    return seen;
  }

  /** The last addition, if it was not begun. */
  public synchronized Optional<Attempt> attempt() {
    return attempt;
  }

  /** Notes whether an addition was begun. */
  synchronized void attempted(Optional<Attempt> failed) {
    attempt = failed;
  }

  /** Forgets all looks: nobody looks here now. */
  synchronized void forget() {
    subject = Optional.empty();
    last = Optional.empty();
    attempt = Optional.empty();
  }

  /** Raised while a shard should be added and the leader adds none by itself. */
  public synchronized Optional<Alarm> alarm() {
    return last.filter(advice -> advice.verdict() == Verdict.GROW)
        .filter(advice -> !advice.begins() || attempt.isPresent())
        .map(
            advice ->
                new Alarm(
                    ALARM,
                    "warning",
                    "shards",
                    advice.summary() + "; none is added by itself: " + why(advice)));
  }

  private String why(GrowthAdvice advice) {
    return advice.begins()
        ? attempt.map(failed -> failed.url() + ": " + failed.error()).orElse("")
        : advice.obstacles().stream().map(GrowthObstacle::detail).collect(Collectors.joining("; "));
  }
}
