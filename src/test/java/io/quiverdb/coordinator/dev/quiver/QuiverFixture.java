// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts the nodes that a contract is checked against, and ends them all. */
interface QuiverFixture extends AutoCloseable {
  /** Keys of a node with keys: one for each role, and an admin of collections a* only. */
  List<DevKey> KEYS =
      List.of(
          DevKey.of("adm", DevKey.Role.ADMIN),
          DevKey.of("wri", DevKey.Role.WRITE),
          DevKey.of("rea", DevKey.Role.READ),
          new DevKey("sco", DevKey.Role.ADMIN, List.of("a*")));

  QuiverVersion version();

  /** The base URL of a new, empty shard. */
  String shard(boolean keyed) throws IOException;

  /** The base URL of a new router, which presents {@code sk} to shards and coordinator. */
  String router(List<String> seedUrls, Optional<String> coordinatorUrl, boolean keyed)
      throws IOException;

  @Override
  void close();

  /** The doubles of this project. */
  final class InMemory implements QuiverFixture {
    private static final Duration POLL = Duration.ofMillis(20);
    private final QuiverVersion version;
    private final List<ShardServer> shards = new ArrayList<>();
    private final List<RouterServer> routers = new ArrayList<>();

    InMemory(QuiverVersion version) {
      this.version = version;
    }

    @Override
    public QuiverVersion version() {
      return version;
    }

    @Override
    public String shard(boolean keyed) throws IOException {
      shards.add(ShardServer.start(0, ShardCore.of(version), keyed ? KEYS : List.of()));
      return shards.get(shards.size() - 1).url();
    }

    @Override
    public String router(List<String> seedUrls, Optional<String> coordinatorUrl, boolean keyed)
        throws IOException {
      routers.add(
          RouterServer.start(
              0,
              new RouterSettings(
                  version,
                  seedUrls,
                  coordinatorUrl,
                  POLL,
                  Optional.of("sk"),
                  keyed ? KEYS : List.of())));
      return routers.get(routers.size() - 1).url();
    }

    @Override
    public void close() {
      routers.forEach(RouterServer::close);
      shards.forEach(ShardServer::close);
    }
  }

  /** The published binaries. */
  final class Real implements QuiverFixture {
    private final QuiverVersion version;
    private final List<RealQuiver> started = new ArrayList<>();

    Real(QuiverVersion version) {
      this.version = version;
    }

    @Override
    public QuiverVersion version() {
      return version;
    }

    @Override
    public String shard(boolean keyed) throws IOException {
      return add(RealQuiver.of(version, keyed ? KEYS : List.of()));
    }

    @Override
    public String router(List<String> seedUrls, Optional<String> coordinatorUrl, boolean keyed)
        throws IOException {
      RealQuiver.Plan plan =
          RealQuiver.of(version, keyed ? KEYS : List.of())
              .with("QUIVER_CLUSTER_SHARDS", seedUrls.toString())
              .with("QUIVER_CLUSTER_SHARD_KEY", "sk");
      return add(coordinatorUrl.map(url -> plan.with("QUIVER_COORDINATOR_URL", url)).orElse(plan));
    }

    private String add(RealQuiver.Plan plan) throws IOException {
      started.add(plan.start());
      return started.get(started.size() - 1).url();
    }

    @Override
    public void close() {
      started.forEach(RealQuiver::close);
    }
  }
}
