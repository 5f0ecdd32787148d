// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import io.quiverdb.coordinator.process.BuiltJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Three members with the options that are shipped, and shards: published binaries with a router, or
 * whatever else answers like shards, without one.
 */
final class MigrationCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONGEST_MOVE = Duration.ofMinutes(15);

  /** How long one request of a client may live; each barrier and round waits this long. */
  static final Duration REQUEST_DRAIN = Duration.ofSeconds(2);

  /** How old a map may be that a member serves; each barrier waits this long. */
  static final Duration MAP_STALENESS = Duration.ofSeconds(2);

  /** A leader starts no migration before requests of an earlier one, if there was one, are over. */
  private static final Duration TAKEOVER = Duration.ofSeconds(15);

  private final List<String> shards;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private LocalEnsemble ensemble;
  private long readyNanos;

  private MigrationCluster(List<String> shards) {
    this.shards = shards;
  }

  /** Shards that others look after; nobody asks routers. */
  static MigrationCluster over(Path folder, List<String> shards) throws Exception {
    MigrationCluster cluster = new MigrationCluster(shards);
    cluster.begin(folder, "adoption: assumed, router_grace: 3s, ");
    return cluster;
  }

  /** Real shards, which end with the cluster, and one router. */
  static MigrationCluster real(Path folder, List<RealQuiver> shards) throws Exception {
    MigrationCluster cluster = new MigrationCluster(shards.stream().map(RealQuiver::url).toList());
    cluster.opened.addAll(shards);
    cluster.begin(folder, "");
    return cluster;
  }

  /** A shard by itself. */
  static RealQuiver shard() throws IOException {
    return RealQuiver.of(QuiverVersion.V1_1_0, List.of()).start();
  }

  private void begin(Path folder, String adoption) throws Exception {
    try {
      start(folder, adoption);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void start(Path folder, String adoption) throws IOException {
    String waits =
        "migration: { %srequest_drain: %ds, data_timeout: 10s, map_staleness: %ds }\n"
            .formatted(adoption, REQUEST_DRAIN.toSeconds(), MAP_STALENESS.toSeconds());
    ensemble =
        LocalEnsemble.prepare(
            new LocalEnsemble.Plan(
                3,
                folder,
                0,
                shards,
                List.of(),
                "auth: { insecure: true }\n" + waits,
                BuiltJar.arguments(List.of())));
    opened.add(ensemble);
    ensemble.start();
    for (MemberProcess member : ensemble.members()) {
      await("readiness of " + member.id())
          .atMost(PATIENCE)
          .ignoreException(UncheckedIOException.class)
          .until(() -> QuiverClient.of(member.http().toString()).get("/readyz").status() == 200);
    }
    readyNanos = System.nanoTime();
  }

  private boolean mayMove() {
    return System.nanoTime() - readyNanos > TAKEOVER.toNanos();
  }

  /** Starts a router that polls a member, and registers it. */
  QuiverClient router() throws IOException {
    RealQuiver router =
        RealQuiver.of(QuiverVersion.V1_1_0, List.of())
            .with("QUIVER_CLUSTER_SHARDS", shards.toString())
            .with("QUIVER_COORDINATOR_URL", ensemble.members().get(0).http().toString())
            .start();
    opened.add(router);
    ok(member().post("/cluster/routers", "{\"url\":\"" + router.url() + "\"}"));
    return QuiverClient.of(router.url());
  }

  List<String> shards() {
    return shards;
  }

  /** Any member: each answers every route. */
  QuiverClient member() {
    return QuiverClient.of(ensemble.members().get(0).http().toString());
  }

  List<MemberProcess> members() {
    return ensemble.members();
  }

  MemberProcess leader() {
    return await("a leader")
        .atMost(PATIENCE)
        .until(
            () ->
                ensemble.members().stream()
                    .filter(
                        member ->
                            QuiverClient.of(member.http().toString())
                                .get("/cluster/status")
                                .json()
                                .path("role")
                                .asText()
                                .equals("leader"))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** What a grow onto this shard is expected to take, s. */
  long estimate(String url) {
    return ok(member().post("/cluster/shards/grow?dry_run=true", primary(url)))
        .path("estimated_seconds")
        .asLong();
  }

  /** Starts a grow; its id. */
  long grow(String url) {
    return begun(() -> member().post("/cluster/shards/grow", primary(url)));
  }

  /** Starts a drain of the shard that was listed first, which is the one that grew last. */
  long drain() {
    long shard = ok(member().get("/cluster/map")).path("shards").path(0).path("id").asLong();
    return begun(() -> member().post("/cluster/shards/" + shard + "/drain", ""));
  }

  private interface Start {
    Reply post();
  }

  private long begun(Start start) {
    await("the end of the takeover").atMost(PATIENCE).until(this::mayMove);
    await("a migration begins").atMost(PATIENCE).until(() -> start.post().status() == 200);
    return ok(member().get("/cluster/migrations?limit=1"))
        .path("migrations")
        .path(0)
        .path("id")
        .asLong();
  }

  void throttle(long id, int pointsPerSecond) {
    ok(
        member()
            .send(
                "PUT",
                "/cluster/migrations/" + id + "/throttle",
                Optional.of("application/json"),
                Optional.of("{\"points_per_second\":" + pointsPerSecond + "}")));
  }

  /** Waits for its end. */
  MigrationTimes awaitEnd(long id) {
    JsonNode end =
        await("the end of migration " + id)
            .atMost(LONGEST_MOVE)
            .pollInterval(Duration.ofMillis(500))
            .until(
                () -> member().get("/cluster/migrations/" + id).json(),
                migration -> migration.path("finished_at").isTextual());
    if (!end.path("state").asText().equals("done")) {
      throw new IllegalStateException("migration " + id + " ended otherwise: " + end);
    }
    return MigrationTimes.of(end);
  }

  /** The newest log entry that a member has applied. */
  long applied() {
    return ok(member().get("/cluster/status")).path("applied_index").asLong();
  }

  /** How many changes come after this log entry; progress entries do not count. */
  int changesSince(long index) {
    return ok(member().get("/cluster/history?since=" + index)).path("history").size();
  }

  private static String primary(String url) {
    return "{\"primary_url\":\"" + url + "\"}";
  }

  static JsonNode ok(Reply reply) {
    if (reply.status() != 200) {
      throw new IllegalStateException(reply.toString());
    }
    return reply.json();
  }

  @Override
  public void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }
}
