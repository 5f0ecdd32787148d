// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.DevRouters;
import io.quiverdb.coordinator.dev.cluster.DevShards;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.process.BuiltJar;
import io.quiverdb.coordinator.process.Ensemble;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/** A cluster as the command {@code dev} starts it, and two empty shards that are in no map. */
final class ConsoleCluster implements AutoCloseable {
  private static final int SHARDS = 3;

  private final DevShards shards;
  private final DevRouters routers;
  private final Ensemble ensemble;

  private ConsoleCluster(DevShards shards, DevRouters routers, Ensemble ensemble) {
    this.shards = shards;
    this.routers = routers;
    this.ensemble = ensemble;
  }

  /**
   * Starts it.
   *
   * @param nodes members
   * @param extra lines of their configurations
   */
  static ConsoleCluster start(Path folder, int nodes, String extra) throws IOException {
    DevShards shards = DevShards.start(List.of(0, 0, 0, 0, 0));
    int port = FreePorts.take(1).get(0);
    LocalEnsemble local =
        LocalEnsemble.prepare(
            new LocalEnsemble.Plan(
                nodes,
                folder,
                0,
                shards.urls().subList(0, SHARDS),
                List.of("http://127.0.0.1:" + port),
                extra,
                BuiltJar.arguments(BuiltJar.UNOPTIMIZED)));
    DevRouters routers =
        DevRouters.start(
            List.of(port),
            shards.urls().subList(0, SHARDS),
            local.members().stream().map(member -> member.http().toString()).toList());
    ConsoleCluster cluster = new ConsoleCluster(shards, routers, Ensemble.of(local));
    try {
      cluster.ensemble.start();
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  void load(int points) throws IOException {
    DevPoints.load(routers.urls().get(0), points);
  }

  /** Writes points to this shard of the map directly, also those that another shard owns. */
  void stray(int shard, int points) {
    StringJoiner batch = new StringJoiner(",", "{\"points\":[", "]}");
    for (int i = 0; i < points; i++) {
      batch.add(DevPoints.point(DevPoints.id(i), i));
    }
    assertEquals(
        200,
        ensemble.post(
            URI.create(shards.urls().get(shard)),
            "/v1/collections/" + DevPoints.COLLECTION + "/points",
            batch.toString()));
  }

  /** A shard of the map. */
  String shard(int number) {
    return shards.urls().get(number);
  }

  List<MemberProcess> members() {
    return ensemble.members();
  }

  /** A shard that is in no map yet. */
  String spare(int number) {
    return shards.urls().get(SHARDS + number);
  }

  /** Ends the process that stands for this shard; it does not come back. */
  void lose(String shard) {
    shards.servers().get(shards.urls().indexOf(shard)).close();
  }

  /** Asks the member that leads for a change, and returns the status of its answer. */
  int post(String path, String body) {
    return ensemble.post(leader().http(), path, body);
  }

  MemberProcess leader() {
    return ensemble.awaitLeader();
  }

  @Override
  public void close() {
    ensemble.close();
    routers.close();
    shards.close();
  }
}
