package io.quiverdb.coordinator.dev;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.codec.MalformedDocumentException;
import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The story of {@code demo}: three members agree on a shard map while writers change it, lose their
 * leader again and again, and everything that was acknowledged is checked in the end.
 */
public final class Story {
  private static final int KILLS = 5;
  private static final int BETWEEN_KILLS = 150;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);

  private final PrintStream out;
  private final PrintStream progress;
  private final List<Double> failovers = new ArrayList<>();

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
    say("Starting three coordinators, three shards in memory, and a router for each coordinator.");
    DevCluster cluster = DevCluster.start(new DevCluster.Size(3, 3, 3, 0, Optional.empty()));
    Thread closing = new Thread(cluster::close, "closing");
    Runtime.getRuntime().addShutdownHook(closing);
    try (MemberCalls calls = new MemberCalls()) {
      StoryWriters writers =
          new StoryWriters(
              calls, cluster.ensemble().members().stream().map(MemberProcess::http).toList());
      try {
        return tell(cluster, calls, writers);
      } catch (ExecutionException | TimeoutException e) {
        out.println("FAILED  the story did not end: " + e);
        return false;
      } finally {
        writers.abandon();
      }
    } finally {
      if (removed(closing)) {
        cluster.close();
      }
    }
  }

  private static boolean removed(Thread closing) {
    try {
      return Runtime.getRuntime().removeShutdownHook(closing);
    } catch (IllegalStateException e) {
      // This JVM is ending already, and the hook does the work.
      return false;
    }
  }

  private boolean tell(DevCluster cluster, MemberCalls calls, StoryWriters writers)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (MemberProcess member : cluster.ensemble().members()) {
      await("member " + member.id() + " is ready", () -> ready(calls, member));
    }
    MemberProcess first = leader(cluster, calls);
    say("All three agree on a map of three shards; " + first.id() + " leads.");
    say("Six writers now add, promote and remove shards and take ids, through all three.");
    writers.start();
    for (int kill = 1; kill <= KILLS; kill++) {
      int before = writers.acknowledged();
      await("the writers go on", () -> writers.acknowledged() >= before + BETWEEN_KILLS);
      killLeader(cluster, calls, kill);
    }
    int before = writers.acknowledged();
    await("the writers go on", () -> writers.acknowledged() >= before + BETWEEN_KILLS);
    writers.stop();
    say("The writers have stopped. Comparing what they were told with what is there.");
    Evidence evidence = evidence(cluster, calls, writers);
    return print(evidence, writers);
  }

  private void killLeader(DevCluster cluster, MemberCalls calls, int number)
      throws InterruptedException, TimeoutException {
    MemberProcess leader = leader(cluster, calls);
    List<URI> others =
        cluster.ensemble().members().stream()
            .filter(member -> member != leader)
            .map(MemberProcess::http)
            .toList();
    long killed = System.nanoTime();
    leader.kill();
    int[] attempt = {0};
    await(
        "somebody else leads",
        () -> calls.post(others.get(attempt[0]++ % 2), "/cluster/ids", "", "").ok());
    double millis = (System.nanoTime() - killed) / 1e6;
    failovers.add(millis);
    say(
        String.format(
            Locale.ROOT,
            "Kill %d of %d: leader %s ended by SIGKILL; the next write was acknowledged %.0f ms"
                + " later. %s comes back.",
            number,
            KILLS,
            leader.id(),
            millis,
            leader.id()));
    leader.start();
    await(leader.id() + " has caught up", () -> ready(calls, leader));
  }

  private static boolean ready(MemberCalls calls, MemberProcess member) {
    return calls.get(member.http(), "/readyz").ok();
  }

  private MemberProcess leader(DevCluster cluster, MemberCalls calls)
      throws InterruptedException, TimeoutException {
    List<MemberProcess> found = new ArrayList<>();
    await(
        "a member leads",
        () -> {
          for (MemberProcess member : cluster.ensemble().members()) {
            JsonNode status = calls.get(member.http(), "/cluster/status").json();
            if (status.path("role").asText().equals("leader") && status.path("ready").asBoolean()) {
              found.add(member);
              return true;
            }
          }
          return false;
        });
    return found.get(0);
  }

  private Evidence evidence(DevCluster cluster, MemberCalls calls, StoryWriters writers)
      throws InterruptedException, TimeoutException {
    List<String> snapshots = new ArrayList<>();
    List<MemberProcess> members = cluster.ensemble().members();
    // Equal places of the log are needed for equal bytes; differing states would never pass.
    awaitOrGoOn(
        () -> {
          snapshots.clear();
          for (MemberProcess member : members) {
            snapshots.add(
                new String(
                    calls.get(member.http(), "/internal/snapshot").body(), StandardCharsets.UTF_8));
          }
          return Collections.frequency(snapshots, snapshots.get(0)) == snapshots.size();
        });
    ShardMap map =
        map(calls.get(members.get(0).http(), "/cluster/map?consistency=linearizable").json());
    List<ShardMap> routers = new ArrayList<>();
    awaitOrGoOn(
        () -> {
          routers.clear();
          cluster.routers().servers().forEach(router -> routers.add(router.core().adopted()));
          return routers.stream().allMatch(map::equals);
        });
    return new Evidence(
        writers.ids,
        writers.versions,
        writers.present,
        writers.absent,
        writers.unknown,
        map.shards().stream().map(Shard::primaryUrl).toList(),
        map,
        snapshots,
        routers);
  }

  private static ShardMap map(JsonNode json) {
    try {
      return ShardMapJson.fromJson(json, "map");
    } catch (MalformedDocumentException e) {
      throw new IllegalStateException("no map was answered: " + e.getMessage(), e);
    }
  }

  private boolean print(Evidence evidence, StoryWriters writers) {
    Collections.sort(failovers);
    out.println();
    row("acknowledged changes of the map", evidence.versions().count());
    row("acknowledged ids", evidence.ids().count());
    row("requests repeated under their key", writers.retries.get());
    row("changes of unknown outcome", evidence.unknown().size());
    row("leaders killed", failovers.size());
    out.printf(
        Locale.ROOT,
        "%-36s %6.0f / %.0f / %.0f ms (min, median, max)%n",
        "kill to next acknowledged write",
        failovers.get(0),
        failovers.get(failovers.size() / 2),
        failovers.get(failovers.size() - 1));
    out.println();
    boolean good = true;
    for (Evidence.Finding finding : evidence.findings()) {
      out.println((finding.holds() ? "OK      " : "FAILED  ") + finding.claim());
      finding.wrong().stream().limit(5).forEach(wrong -> out.println("          " + wrong));
      good &= finding.holds();
    }
    out.println();
    out.println(
        good
            ? "VERDICT: nothing that was acknowledged was lost."
            : "VERDICT: FAILED. Please report this with the lines above.");
    return good;
  }

  private void row(String what, int figure) {
    out.printf(Locale.ROOT, "%-36s %6d%n", what, figure);
  }

  private void say(String line) {
    progress.println(line);
  }

  private static void await(String what, BooleanSupplier condition)
      throws InterruptedException, TimeoutException {
    if (!reached(condition, PATIENCE)) {
      throw new TimeoutException(
          "after " + PATIENCE.toSeconds() + " s it still is not so that " + what);
    }
  }

  /** For what the verdict judges by itself. */
  private static void awaitOrGoOn(BooleanSupplier condition) throws InterruptedException {
    boolean unused = reached(condition, PATIENCE.dividedBy(3));
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
