// SPDX-License-Identifier: Apache-2.0
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
 * The part about the map: writers change the map and take ids through all members, which lose their
 * leader again and again.
 */
final class MapDemo {
  private static final int KILLS = 5;
  private static final int BETWEEN_KILLS = 150;

  private final DemoContext demo;
  private final DevRouters routers;
  private final List<Double> failovers = new ArrayList<>();

  MapDemo(DemoContext demo, DevRouters routers) {
    this.demo = demo;
    this.routers = routers;
  }

  DemoResult run() throws InterruptedException, ExecutionException, TimeoutException {
    MapWriters writers =
        new MapWriters(demo.calls(), demo.members().stream().map(MemberProcess::http).toList());
    try {
      return run(writers);
    } finally {
      writers.abandon();
    }
  }

  private DemoResult run(MapWriters writers)
      throws InterruptedException, ExecutionException, TimeoutException {
    demo.say("Six writers now add, promote and remove shards and take ids, through all three.");
    writers.start();
    for (int kill = 1; kill <= KILLS; kill++) {
      goOn(writers);
      MemberProcess leader = demo.leader();
      double millis = demo.kill(leader);
      failovers.add(millis);
      demo.say(
          String.format(
              Locale.ROOT,
              "Kill %d of %d: leader %s ended by SIGKILL; the next write was acknowledged %.0f ms"
                  + " later. %s comes back.",
              kill,
              KILLS,
              leader.id(),
              millis,
              leader.id()));
      demo.bringBack(leader);
    }
    goOn(writers);
    writers.stop();
    demo.say("The writers have stopped. Comparing the acknowledged changes with the final state.");
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
        evidence.checks());
  }

  private void goOn(MapWriters writers) throws InterruptedException, TimeoutException {
    int before = writers.acknowledged();
    demo.await("the writers continue", () -> writers.acknowledged() >= before + BETWEEN_KILLS);
  }

  private MapVerdict evidence(MapWriters writers) throws InterruptedException {
    List<String> snapshots = new ArrayList<>();
    List<MemberProcess> members = demo.members();
    // Equal places of the log are needed for equal bytes; differing states would never pass.
    demo.awaitOrGoOn(
        () -> {
          snapshots.clear();
          for (MemberProcess member : members) {
            snapshots.add(
                new String(
                    demo.calls().get(member.http(), "/internal/snapshot").body(),
                    StandardCharsets.UTF_8));
          }
          return Collections.frequency(snapshots, snapshots.get(0)) == snapshots.size();
        });
    ShardMap map =
        map(
            demo.calls()
                .get(members.get(0).http(), "/cluster/map?consistency=linearizable")
                .json());
    List<ShardMap> adopted = new ArrayList<>();
    demo.awaitOrGoOn(
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
