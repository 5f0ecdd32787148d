// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import io.quiverdb.coordinator.relay.Relay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Three members of this coordinator with the published binary around them: three shards, a spare
 * one that is in no map, and routers that ask the members in turn. Closing it ends them all.
 */
final class RealCluster implements AutoCloseable {
  /** A collection whose slice goes onto a new shard by bulk loads, while clients write to it. */
  static final String BULK_LOADED = "live";

  private final QuiverVersion version;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<RealQuiver> shards = new ArrayList<>();
  private final List<URI> routers = new ArrayList<>();
  private final RealQuiver spare;
  private final DemoContext demo;
  private Optional<RelayedMembers> relayed = Optional.empty();

  private RealCluster(
      QuiverVersion version, int routerCount, boolean behindRelays, Path folder, String waits)
      throws Exception {
    this.version = version;
    try {
      for (int i = 0; i < 3; i++) {
        shards.add(opened(RealQuiver.of(version, List.of())));
      }
      spare = opened(RealQuiver.of(version, List.of()));
      demo = demo(folder, waits, behindRelays);
      for (int i = 0; i < routerCount; i++) {
        RealQuiver router =
            opened(
                RealQuiver.of(version, List.of())
                    .with("QUIVER_CLUSTER_SHARDS", urls().toString())
                    .with("QUIVER_COORDINATOR_URL", coordinator(i % 3)));
        routers.add(URI.create(router.url()));
        post("/cluster/routers", router.url());
      }
    } catch (Exception | AssertionError e) {
      close();
      throw e;
    }
  }

  /** The same with two routers. */
  static RealCluster start(QuiverVersion version, Path folder, String waits) throws Exception {
    return start(version, 2, folder, waits);
  }

  /**
   * Starts everything and waits until the members are ready.
   *
   * @param waits the members' {@code migration} section, in YAML
   */
  static RealCluster start(QuiverVersion version, int routers, Path folder, String waits)
      throws Exception {
    return new RealCluster(version, routers, false, folder, waits);
  }

  /** The same, and each router polls a relay of its own, which calls the members over TLS. */
  static RealCluster startBehindRelays(
      QuiverVersion version, int routers, Path folder, String waits) throws Exception {
    return new RealCluster(version, routers, true, folder, waits);
  }

  /** What a router polls: that member, or a relay that asks it first. */
  private String coordinator(int member) throws IOException {
    if (relayed.isEmpty()) {
      return demo.members().get(member).http().toString();
    }
    Relay relay = relayed.get().relay(member);
    opened.add(relay);
    return "http://127.0.0.1:" + relay.port();
  }

  private DemoContext demo(Path folder, String waits, boolean behindRelays) throws Exception {
    MemberCalls calls = new MemberCalls();
    opened.add(calls);
    LocalEnsemble ensemble =
        LocalEnsemble.prepare(LocalEnsemble.Plan.of(3, folder, 0, urls(), List.of(), waits));
    opened.add(ensemble);
    if (behindRelays) {
      relayed = Optional.of(new RelayedMembers(ensemble, folder));
    }
    ensemble.start();
    DemoContext started = new DemoContext(ensemble, calls, System.out);
    for (MemberProcess member : started.members()) {
      started.await("member " + member.id() + " is ready", () -> started.ready(member));
    }
    return started;
  }

  private RealQuiver opened(RealQuiver.Plan plan) throws IOException {
    RealQuiver started = plan.start();
    opened.add(started);
    return started;
  }

  private void post(String path, String url) throws Exception {
    URI member = demo.members().get(0).http();
    demo.await(
        url + " is taken",
        () -> demo.calls().post(member, path, "{\"url\":\"" + url + "\"}", "").ok());
  }

  /** Waits until the log holds the list of members: from then on it takes commands of format 2. */
  static void awaitFormat2(DemoContext demo) throws Exception {
    QuiverClient member = QuiverClient.of(demo.members().get(0).http().toString());
    demo.await("format 2", () -> member.get("/cluster/history").body().contains("record_members"));
  }

  /** Gives a shard a read replica. */
  RealQuiver replicate(int shard) throws Exception {
    RealQuiver replica =
        opened(
            RealQuiver.of(version, List.of())
                .with("QUIVER_LEADER_URL", shards.get(shard).grpcUrl()));
    post("/cluster/shards/" + shard + "/replicas", replica.url());
    return replica;
  }

  /** Creates the collection of that name. */
  void createBulkLoaded() {
    Reply created =
        QuiverClient.of(routers.get(0).toString())
            .post(
                "/v1/collections",
                "{\"name\":\"" + BULK_LOADED + "\",\"dim\":8,\"metric\":\"l2\",\"index\":\"ivf\"}");
    assertTrue(created.status() < 300, created::toString);
  }

  DemoContext demo() {
    return demo;
  }

  /** The shards of the first map, in the order of their ids. */
  List<RealQuiver> shards() {
    return shards;
  }

  /** Their URLs. */
  List<String> urls() {
    return shards.stream().map(RealQuiver::url).toList();
  }

  RealQuiver spare() {
    return spare;
  }

  List<URI> routers() {
    return routers;
  }

  /** The last that was started first. */
  @Override
  public void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }
}
