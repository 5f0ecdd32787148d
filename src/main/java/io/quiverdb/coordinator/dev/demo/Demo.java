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
 * The story of {@code demo}, in two acts: points move between live shards while clients write, and
 * three members agree on a shard map while writers change it. Both lose their leader to SIGKILL,
 * and everything that was acknowledged is checked in the end.
 */
public final class Demo {
  private static final int SHOWN = 5;

  /** Nothing here takes long, so that nothing has to be waited for as long as in a data centre. */
  private static final String SHORT_WAITS =
      "{ request_drain: 1s, data_timeout: 2s, map_staleness: 1s }";

  private final PrintStream out;
  private final PrintStream progress;

  /**
   * A story.
   *
   * @param out takes the table and the verdict
   * @param progress takes what happens meanwhile
   */
  public Demo(PrintStream out, PrintStream progress) {
    this.out = out;
    this.progress = progress;
  }

  /**
   * Tells it; leaves no process and no file behind, also when this JVM is interrupted.
   *
   * @return whether everything that it promises held
   */
  public boolean tell() throws IOException, InterruptedException {
    progress.println(
        "Starting three coordinators, three shards in memory, and a router for each coordinator.");
    try (DevCluster cluster =
            DevCluster.start(new DevCluster.Size(3, 3, 3, 0, Optional.empty(), SHORT_WAITS));
        MemberCalls calls = new MemberCalls();
        ShardServer spare = ShardServer.start(0, ShardCore.of(QuiverVersion.V1_1_0), List.of())) {
      return play(new DemoContext(cluster.ensemble(), calls, progress), cluster.routers(), spare);
    } catch (ExecutionException | TimeoutException e) {
      out.println("FAILED  the story did not end: " + e);
      return false;
    }
  }

  private boolean play(DemoContext stage, DevRouters routers, ShardServer spare)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    for (MemberProcess member : stage.members()) {
      stage.await("member " + member.id() + " is ready", () -> stage.ready(member));
    }
    stage.say("All three agree on a map of three shards; " + stage.leader().id() + " leads.");
    return print(
        List.of(
            new MigrationDemo(stage, routers, spare).play(), new MapDemo(stage, routers).play()));
  }

  private boolean print(List<DemoResult> acts) {
    out.println();
    acts.forEach(act -> act.figures().forEach(out::println));
    out.println();
    boolean good = true;
    for (DemoResult act : acts) {
      for (CheckResult finding : act.findings()) {
        out.println((finding.holds() ? "OK      " : "FAILED  ") + finding.claim());
        finding.wrong().stream().limit(SHOWN).forEach(wrong -> out.println("          " + wrong));
        good &= finding.holds();
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
