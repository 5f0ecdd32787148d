// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * What both parts of the demo use.
 *
 * @param ensemble the coordinators
 * @param calls to members, routers and shards
 * @param progress where the steps are printed
 */
record DemoContext(LocalEnsemble ensemble, MemberCalls calls, PrintStream progress) {
  private static final Duration WAIT_LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);

  void say(String line) {
    progress.println(line);
  }

  List<MemberProcess> members() {
    return ensemble.members();
  }

  boolean ready(MemberProcess member) {
    return calls.get(member.http(), "/readyz").ok();
  }

  /** The member that leads, once one does. */
  MemberProcess leader() throws InterruptedException, TimeoutException {
    List<MemberProcess> found = new ArrayList<>();
    await(
        "a member leads",
        () -> {
          members().stream().filter(this::leads).forEach(found::add);
          return !found.isEmpty();
        });
    return found.get(0);
  }

  boolean leads(MemberProcess member) {
    JsonNode status = calls.get(member.http(), "/cluster/status").json();
    return status.path("role").asText().equals("leader") && status.path("ready").asBoolean();
  }

  /** Waits while writers and readers work. */
  void pause(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /**
   * Ends a member by SIGKILL.
   *
   * @return how long it took until one of the others acknowledged a change, in ms
   */
  double kill(MemberProcess leader) throws InterruptedException, TimeoutException {
    List<URI> others =
        members().stream().filter(member -> member != leader).map(MemberProcess::http).toList();
    long killed = System.nanoTime();
    leader.kill();
    int[] attempt = {0};
    await(
        "somebody else leads",
        () -> calls.post(others.get(attempt[0]++ % others.size()), "/cluster/ids", "", "").ok());
    return (System.nanoTime() - killed) / 1e6;
  }

  /** Starts a member again and waits until it has caught up. */
  void bringBack(MemberProcess member) throws InterruptedException, TimeoutException {
    member.start();
    await(member.id() + " has caught up", () -> ready(member));
  }

  void await(String what, BooleanSupplier condition) throws InterruptedException, TimeoutException {
    await(what, WAIT_LIMIT, condition);
  }

  void await(String what, Duration limit, BooleanSupplier condition)
      throws InterruptedException, TimeoutException {
    if (!reached(condition, limit)) {
      StringBuilder words = new StringBuilder();
      members().forEach(member -> words.append(member.lastWords()));
      throw new TimeoutException(
          "after " + limit.toSeconds() + " s it still is not so that " + what + "\n" + words);
    }
  }

  /** Waits for something without failing: the verdict judges it. */
  void awaitOrGoOn(BooleanSupplier condition) throws InterruptedException {
    boolean unused = reached(condition, WAIT_LIMIT.dividedBy(3));
  }

  private static boolean reached(BooleanSupplier condition, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(POLL.toMillis());
    }
    return true;
  }
}
