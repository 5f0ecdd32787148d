// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import static org.awaitility.Awaitility.await;

import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.DevRouters;
import io.quiverdb.coordinator.dev.cluster.DevShards;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.process.BuiltJar;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A cluster as the command {@code dev} starts it, and two empty shards that are in no map. */
final class ConsoleCluster implements AutoCloseable {
  private static final int SHARDS = 3;

  /** A migration is to be looked at while it runs, and to wait for nothing that it need not. */
  static final String MIGRATION =
      "migration: { request_drain: 1s, data_timeout: 1s, throttle_points_per_second: 150 }\n"
          + "shards: { request_timeout: 1s }\n";

  private final HttpClient http = HttpClient.newHttpClient();
  private final DevShards shards;
  private final DevRouters routers;
  private final LocalEnsemble ensemble;

  private ConsoleCluster(DevShards shards, DevRouters routers, LocalEnsemble ensemble) {
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
    LocalEnsemble ensemble =
        LocalEnsemble.prepare(
            new LocalEnsemble.Plan(
                nodes,
                folder,
                0,
                shards.urls().subList(0, SHARDS),
                List.of("http://127.0.0.1:" + port),
                extra,
                BuiltJar.arguments(List.of("-XX:TieredStopAtLevel=1"))));
    DevRouters routers =
        DevRouters.start(
            List.of(port),
            shards.urls().subList(0, SHARDS),
            ensemble.members().stream().map(member -> member.http().toString()).toList());
    ConsoleCluster cluster = new ConsoleCluster(shards, routers, ensemble);
    try {
      ensemble.start();
      cluster.members().forEach(cluster::awaitReady);
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  void load(int points) throws IOException {
    DevPoints.load(routers.urls().get(0), points);
  }

  List<MemberProcess> members() {
    return ensemble.members();
  }

  /** A shard that is in no map yet. */
  String spare(int number) {
    return shards.urls().get(SHARDS + number);
  }

  private void awaitReady(MemberProcess member) {
    await("readiness of " + member.id())
        .atMost(Duration.ofSeconds(60))
        .until(() -> status(member.http(), "/readyz") == 200);
  }

  private int status(URI member, String path) {
    try {
      return send(HttpRequest.newBuilder(member.resolve(path))).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  String get(URI member, String path) throws IOException {
    return send(HttpRequest.newBuilder(member.resolve(path))).body();
  }

  void post(URI member, String path, String body) throws IOException {
    send(
        HttpRequest.newBuilder(member.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(5)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The member that leads, once all agree. */
  MemberProcess leader() {
    return await("a leader")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              List<MemberProcess> leading = new ArrayList<>();
              for (MemberProcess member : members()) {
                if (member.alive()
                    && get(member.http(), "/cluster/status")
                        .contains("\"role\":\"leader\",\"ready\":true")) {
                  leading.add(member);
                }
              }
              return leading.size() == 1 ? leading.get(0) : null;
            },
            member -> member != null);
  }

  @Override
  public void close() {
    ensemble.members().forEach(MemberProcess::kill);
    routers.close();
    shards.close();
  }
}
