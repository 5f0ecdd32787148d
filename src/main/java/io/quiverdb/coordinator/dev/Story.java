package io.quiverdb.coordinator.dev;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The story of {@code demo}: three members agree on a shard map while writers change it, lose their
 * leader again and again, and everything that was acknowledged is checked in the end.
 */
public final class Story {
  private static final int SHOWN = 5;

  private final PrintStream out;
  private final PrintStream progress;

  /**
   * A story.
   *
   * @param out takes the table and the verdict
   * @param progress takes what happens meanwhile
   */
  public Story(PrintStream out, PrintStream progress) {
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
    try (DevCluster cluster = DevCluster.start(new DevCluster.Size(3, 3, 3, 0, Optional.empty()));
        MemberCalls calls = new MemberCalls()) {
      return play(new Stage(cluster, calls, progress));
    } catch (ExecutionException | TimeoutException e) {
      out.println("FAILED  the story did not end: " + e);
      return false;
    }
  }

  private boolean play(Stage stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (MemberProcess member : stage.members()) {
      stage.await("member " + member.id() + " is ready", () -> stage.ready(member));
    }
    stage.say("All three agree on a map of three shards; " + stage.leader().id() + " leads.");
    return print(List.of(new MapAct(stage).play()));
  }

  private boolean print(List<Act> acts) {
    out.println();
    acts.forEach(act -> act.figures().forEach(out::println));
    out.println();
    boolean good = true;
    for (Act act : acts) {
      for (Finding finding : act.findings()) {
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
