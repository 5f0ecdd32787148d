package io.quiverdb.coordinator.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.codec.MalformedDocumentException;
import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.dev.cluster.DevRouters;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The first act: writers change the map and take ids through all members, which lose their leader
 * again and again.
 */
final class MapDemo {
  private static final int KILLS = 5;
  private static final int BETWEEN_KILLS = 150;

  private final DemoContext stage;
  private final DevRouters routers;
  private final List<Double> failovers = new ArrayList<>();

  MapDemo(DemoContext stage, DevRouters routers) {
    this.stage = stage;
    this.routers = routers;
  }

  DemoResult play() throws InterruptedException, ExecutionException, TimeoutException {
    MapWriters writers =
        new MapWriters(stage.calls(), stage.members().stream().map(MemberProcess::http).toList());
    try {
      return play(writers);
    } finally {
      writers.abandon();
    }
  }

  private DemoResult play(MapWriters writers)
      throws InterruptedException, ExecutionException, TimeoutException {
    stage.say("Six writers now add, promote and remove shards and take ids, through all three.");
    writers.start();
    for (int kill = 1; kill <= KILLS; kill++) {
      goOn(writers);
      MemberProcess leader = stage.leader();
      double millis = stage.kill(leader);
      failovers.add(millis);
      stage.say(
          String.format(
              Locale.ROOT,
              "Kill %d of %d: leader %s ended by SIGKILL; the next write was acknowledged %.0f ms"
                  + " later. %s comes back.",
              kill,
              KILLS,
              leader.id(),
              millis,
              leader.id()));
      stage.bringBack(leader);
    }
    goOn(writers);
    writers.stop();
    stage.say("The writers have stopped. Comparing what they were told with what is there.");
    MapVerdict evidence = evidence(writers);
    Collections.sort(failovers);
    return new DemoResult(
        List.of(
            DemoResult.row("acknowledged changes of the map", evidence.versions().count()),
            DemoResult.row("acknowledged ids", evidence.ids().count()),
            DemoResult.row("requests repeated under their key", writers.retries.get()),
            DemoResult.row("changes of unknown outcome", evidence.unknown().size()),
            DemoResult.row("leaders killed", failovers.size()),
            String.format(
                Locale.ROOT,
                "%-36s %6.0f / %.0f / %.0f ms (min, median, max)",
                "kill to next acknowledged write",
                failovers.get(0),
                failovers.get(failovers.size() / 2),
                failovers.get(failovers.size() - 1))),
        evidence.findings());
  }

  private void goOn(MapWriters writers) throws InterruptedException, TimeoutException {
    int before = writers.acknowledged();
    stage.await("the writers go on", () -> writers.acknowledged() >= before + BETWEEN_KILLS);
  }

  private MapVerdict evidence(MapWriters writers) throws InterruptedException {
    List<String> snapshots = new ArrayList<>();
    List<MemberProcess> members = stage.members();
    // Equal places of the log are needed for equal bytes; differing states would never pass.
    stage.awaitOrGoOn(
        () -> {
          snapshots.clear();
          for (MemberProcess member : members) {
            snapshots.add(
                new String(
                    stage.calls().get(member.http(), "/internal/snapshot").body(),
                    StandardCharsets.UTF_8));
          }
          return Collections.frequency(snapshots, snapshots.get(0)) == snapshots.size();
        });
    ShardMap map =
        map(
            stage
                .calls()
                .get(members.get(0).http(), "/cluster/map?consistency=linearizable")
                .json());
    List<ShardMap> adopted = new ArrayList<>();
    stage.awaitOrGoOn(
        () -> {
          adopted.clear();
          routers.servers().forEach(router -> adopted.add(router.core().adopted()));
          return adopted.stream().allMatch(map::equals);
        });
    return new MapVerdict(
        writers.ids,
        writers.versions,
        writers.present,
        writers.absent,
        writers.unknown,
        map.shards().stream().map(Shard::primaryUrl).toList(),
        map,
        snapshots,
        adopted);
  }

  static ShardMap map(JsonNode json) {
    try {
      return ShardMapJson.fromJson(json, "map");
    } catch (MalformedDocumentException e) {
      throw new IllegalStateException("no map was answered: " + e.getMessage(), e);
    }
  }
}
