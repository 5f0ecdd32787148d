// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.port.Durations;
import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.HealthyWait;
import io.quiverdb.coordinator.migration.step.Query;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.migration.step.WaitControl;
import io.quiverdb.coordinator.router.RouterApi;
import io.quiverdb.coordinator.router.RouterException;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A wait that counts only while all shards and routers concerned answer. They have no request
 * time-out of their own, so a request inside a stalled process stays alive.
 */
public final class PollingHealthyWait implements HealthyWait {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** A slower answer counts as none. */
  private static final Duration SLOW_ANSWER = Duration.ofSeconds(1);

  /** After this time of silence the operator is told. */
  private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(5);

  /**
   * If the wait takes this much longer than it should, the operator is told: something answers only
   * sometimes.
   */
  private static final Duration INTERMITTENT_TIMEOUT = Duration.ofMinutes(2);

  private final ShardApi shards;
  private final RouterApi routers;
  private final Tasks tasks;
  private final Time time;
  private final WaitControl control;

  /**
   * Something that does not answer.
   *
   * @param shards its URL, if it is a shard
   */
  private record Silent(String problem, List<String> shards) {}

  /** For one step. */
  public PollingHealthyWait(
      ShardApi shards, RouterApi routers, Tasks tasks, Time time, WaitControl control) {
    this.shards = shards;
    this.routers = routers;
    this.tasks = tasks;
    this.time = time;
    this.control = control;
  }

  @Override
  public void await(Duration duration, String what) throws InterruptedException {
    UptimeTracker all = new UptimeTracker();
    long begun = time.nanos();
    long answered = begun;
    while (true) {
      control.check();
      boolean stuck = time.nanos() - begun > duration.plus(INTERMITTENT_TIMEOUT).toNanos();
      if (all.answers() && !stuck) {
        control.reportWaiting(what, "waits for " + duration.toMillis() + " ms in which all answer");
      }
      long asked = time.nanos();
      Optional<Silent> silent = silent();
      if (silent.isPresent()) {
        all.silent();
        silence(what, silent.get(), stuck || asked - answered > SILENCE_TIMEOUT.toNanos());
        continue;
      }
      answered = time.nanos();
      long since = all.answered(answered);
      if (asked - since >= duration.toNanos()) {
        control.goingOn();
        return;
      }
      time.sleep(untilNext(since, duration));
    }
  }

  private void silence(String what, Silent silent, boolean lasting) throws InterruptedException {
    String text = "counts only while everything answers: " + silent.problem();
    if (lasting) {
      control.hold(what, text, silent.shards());
    } else {
      control.reportWaiting(what, text, silent.shards());
      time.sleep(INTERVAL);
    }
  }

  private Duration untilNext(long since, Duration duration) {
    Duration left = duration.minusNanos(time.nanos() - since);
    return Durations.max(Duration.ZERO, Durations.min(left, INTERVAL));
  }

  /** Asks all at once. */
  private Optional<Silent> silent() throws InterruptedException {
    List<Tasks.Task<Optional<Silent>>> asked = new ArrayList<>();
    for (String url : control.workingShards()) {
      asked.add(
          tasks.start(
              "quiet-shard",
              () -> timed(url, () -> shard(url)).map(text -> new Silent(text, List.of(url)))));
    }
    for (String url : control.routers()) {
      asked.add(
          tasks.start(
              "quiet-router",
              () -> timed(url, () -> router(url)).map(text -> new Silent(text, List.of()))));
    }
    Optional<Silent> silent = Optional.empty();
    for (Tasks.Task<Optional<Silent>> answer : asked) {
      Optional<Silent> problem = TaskJoin.of(answer);
      silent = silent.or(() -> problem);
    }
    return silent;
  }

  private Optional<String> timed(String url, Query<Optional<String>, RuntimeException> poll)
      throws InterruptedException {
    long begun = time.nanos();
    Optional<String> problem = poll.ask();
    Duration took = Duration.ofNanos(time.nanos() - begun);
    return problem.or(
        () ->
            took.compareTo(SLOW_ANSWER) > 0
                ? Optional.of(url + " took " + took.toMillis() + " ms to answer")
                : Optional.empty());
  }

  private Optional<String> shard(String url) throws InterruptedException {
    try {
      ShardApi.Role role = shards.role(url);
      return switch (role) {
        case WRITABLE -> Optional.empty();
        case READ_ONLY -> Optional.of(url + " refuses writes with 403");
        case RAFT_FOLLOWER -> Optional.of(url + " is a follower of a Raft group (421)");
      };
    } catch (ShardException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> router(String url) throws InterruptedException {
    try {
      var unused = routers.adoptedMap(url);
      return Optional.empty();
    } catch (RouterException e) {
      return Optional.of("router " + url + ": " + e.getMessage());
    }
  }
}
