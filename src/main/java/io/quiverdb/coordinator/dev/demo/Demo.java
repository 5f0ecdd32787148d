// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import io.quiverdb.coordinator.dev.cluster.DevCluster;
import io.quiverdb.coordinator.dev.cluster.DevRouters;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The command {@code demo} in two parts: a migration between live shards while clients write, and
 * changes of the shard map by concurrent writers. In both the leader is killed, and at the end
 * every acknowledged write is checked.
 */
public final class Demo {
  private static final int SHOWN = 5;

  /** Requests within one machine are short, so shorter waits than in a data centre suffice. */
  private static final String SHORT_WAITS =
      "{ request_drain: 1s, data_timeout: 2s, map_staleness: 1s }";

  private final PrintStream out;
  private final PrintStream progress;

  /**
   * A demo.
   *
   * @param out where the table and the verdict are printed
   * @param progress where the steps are printed
   */
  public Demo(PrintStream out, PrintStream progress) {
    this.out = out;
    this.progress = progress;
  }

  /**
   * Runs it. Leaves no process and no file behind, even if this JVM is interrupted.
   *
   * @return whether every check held
   */
  public boolean run() throws IOException, InterruptedException {
    progress.println(
        "Starting three coordinators, three shards in memory, and a router for each coordinator.");
    try (DevCluster cluster =
            DevCluster.start(new DevCluster.Size(3, 3, 3, 0, Optional.empty(), SHORT_WAITS));
        MemberCalls calls = new MemberCalls();
        ShardServer spare = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of())) {
      return run(new DemoContext(cluster.ensemble(), calls, progress), cluster.routers(), spare);
    } catch (ExecutionException | TimeoutException e) {
      out.println("FAILED  the demo did not end: " + e);
      return false;
    }
  }

  private boolean run(DemoContext demo, DevRouters routers, ShardServer spare)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    for (MemberProcess member : demo.members()) {
      demo.await("member " + member.id() + " is ready", () -> demo.ready(member));
    }
    demo.say("All three agree on a map of three shards; " + demo.leader().id() + " leads.");
    return print(
        List.of(new MigrationDemo(demo, routers, spare).run(), new MapDemo(demo, routers).run()));
  }

  private boolean print(List<DemoResult> results) {
    out.println();
    results.forEach(result -> result.figures().forEach(out::println));
    out.println();
    boolean good = true;
    for (DemoResult result : results) {
      for (CheckResult check : result.checks()) {
        out.println((check.holds() ? "OK      " : "FAILED  ") + check.claim());
        check.wrong().stream().limit(SHOWN).forEach(wrong -> out.println("          " + wrong));
        good &= check.holds();
      }
    }
    out.println();
    out.println(
        good
            ? "VERDICT: nothing that was acknowledged was lost."
            : "VERDICT: FAILED. Please report this with the lines above.");
    return good;
  }
}
