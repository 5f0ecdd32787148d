// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.preflight;

import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.Query;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the results of checks. Not thread-safe. */
final class Checklist {
  /** Checks one URL. */
  interface UrlLook {
    /** What is wrong with it; empty: nothing. */
    Optional<String> problem(String url) throws ShardException, InterruptedException;
  }

  private final Tasks tasks;
  private final List<Check> checks = new ArrayList<>();

  Checklist(Tasks tasks) {
    this.tasks = tasks;
  }

  /**
   * Makes one check.
   *
   * @param fine what to say if nothing is wrong
   * @param look what is wrong, with advice; empty: nothing
   */
  void check(String name, String fine, Query<Optional<String>, ShardException> look)
      throws InterruptedException {
    Optional<String> problem;
    try {
      problem = look.ask();
    } catch (ShardException e) {
      problem = Optional.of(String.valueOf(e.getMessage()));
    }
    checks.add(new Check(name, Optional.of(problem.isEmpty()), problem.orElse(fine)));
  }

  /** Makes one check of many URLs, side by side. */
  void checkEach(String name, String fine, List<String> urls, UrlLook look)
      throws InterruptedException {
    List<Tasks.Task<Optional<String>>> asked = new ArrayList<>();
    for (String url : urls) {
      asked.add(tasks.start("check-" + name, () -> one(url, look)));
    }
    List<String> problems = new ArrayList<>();
    for (Tasks.Task<Optional<String>> answer : asked) {
      TaskJoin.of(answer).ifPresent(problems::add);
    }
    check(
        name,
        fine,
        () -> problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems)));
  }

  private static Optional<String> one(String url, UrlLook look) throws InterruptedException {
    try {
      return look.problem(url);
    } catch (ShardException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Notes a check that was not made. */
  void notRun(String name, String why) {
    checks.add(new Check(name, Optional.empty(), why));
  }

  /** Whether any check has failed so far. */
  boolean anyFailed() {
    return checks.stream().anyMatch(Check::failed);
  }

  /** All checks so far. */
  List<Check> all() {
    return List.copyOf(checks);
  }
}
