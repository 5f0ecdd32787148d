package io.quiverdb.coordinator.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.QuiverClient.Reply;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Moves on the published binaries under writers: three shards, one of them with a read replica, two
 * routers, and a new shard. A grow is cancelled, another one goes through though its leader is
 * killed; then, where routers can follow that, a drain is cancelled and another one goes through.
 * Every point is compared byte for byte, and every acknowledged operation with every shard.
 */
@Tag("interop")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class RealMovesIT {
  private static final String WAITS =
      "{ request_drain: 2s, data_timeout: 10s, map_staleness: 1s, router_grace: 3s }";
  private static final String BULK_LOADED = "live";
  private static final int POINTS = 500;
  private static final int SLOW = 2_000;
  private static final int REPLICATED = 1;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir Path folder;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(QuiverVersion.class)
  void pointsMoveByteForByte(QuiverVersion version) throws Exception {
    try (MemberCalls calls = new MemberCalls()) {
      play(version, calls);
    } finally {
      for (int i = opened.size() - 1; i >= 0; i--) {
        opened.get(i).close();
      }
    }
  }

  private void play(QuiverVersion version, MemberCalls calls) throws Exception {
    List<RealQuiver> shards = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      shards.add(opened(RealQuiver.of(version, List.of())));
    }
    String spare = opened(RealQuiver.of(version, List.of())).url();
    List<String> urls = shards.stream().map(RealQuiver::url).toList();
    Stage stage = stage(calls, urls);
    List<URI> routers = routers(version, stage, urls);
    RealQuiver replica =
        opened(
            RealQuiver.of(version, List.of())
                .with("QUIVER_LEADER_URL", shards.get(REPLICATED).grpcUrl()));
    post(stage, "/cluster/shards/" + REPLICATED + "/replicas", replica.url());
    MixedPoints.load(routers.get(0));
    DevPoints.load(routers.get(0).toString(), POINTS);
    createBulkLoaded(routers.get(0));
    Map<String, String> before = MixedPoints.everything(urls);
    assertEquals(MixedPoints.COUNT, before.size());

    PointWriters writers = new PointWriters(calls, routers, DevPoints.COLLECTION, 3);
    PointWriters others = new PointWriters(calls, routers, BULK_LOADED, 2);
    PointReaders readers = new PointReaders(calls, routers, DevPoints.COLLECTION, POINTS);
    Moves moves = new Moves(stage);
    try {
      writers.start();
      others.start();
      readers.start();
      move(version, stage, moves, spare);
      writers.stop();
      others.stop();
      readers.stop();
    } finally {
      writers.abandon();
      others.abandon();
      readers.abandon();
    }
    ShardMap map = moves.map();
    assertEquals(before, MixedPoints.everything(primaries(map)));
    MixedPoints.assertPlaced(map);
    List<String> missed = owed(readers.missed(), urls);
    judge(moves.evidence(DevPoints.COLLECTION, writers, missed, POINTS, spare));
    judge(moves.evidence(BULK_LOADED, others, List.of(), 0, spare));
  }

  private static void move(QuiverVersion version, Stage stage, Moves moves, String spare)
      throws Exception {
    long given = begun(stage, moves, moves.grow(spare));
    stage.await("the cancel is taken", () -> moves.cancel(given));
    end(stage, moves, given, "reverted");
    assertTrue(MixedPoints.absentFrom(spare), "a cancelled grow leaves nothing");

    long grown = begun(stage, moves, moves.grow(spare));
    MemberProcess leader = stage.leader();
    double millis = stage.kill(leader);
    stage.say("the leader was killed; another one led after " + (long) millis + " ms");
    stage.bringBack(leader);
    moves.throttle(grown, 0);
    end(stage, moves, grown, "done");
    if (version == QuiverVersion.V0_27_0) {
      refusesToDrain(stage, moves, spare);
      return;
    }
    long kept = begun(stage, moves, moves.drain(spare));
    stage.await("the cancel is taken", () -> moves.cancel(kept));
    end(stage, moves, kept, "reverted");
    MixedPoints.assertPlaced(moves.map());

    end(stage, moves, moves.drain(spare), "done");
    assertTrue(MixedPoints.absentFrom(spare), "a drained shard is empty");
  }

  /** Routers of that release do not see {@code leaving}. */
  private static void refusesToDrain(Stage stage, Moves moves, String spare) throws Exception {
    Shard shard =
        moves.map().shards().stream()
            .filter(one -> one.primaryUrl().equals(spare))
            .findFirst()
            .orElseThrow();
    stage.await(
        "a drain is refused",
        () ->
            stage
                    .calls()
                    .post(moves.any(), "/cluster/shards/" + shard.id() + "/drain", "", "")
                    .status()
                == 409);
  }

  /** Slowed down, and in the middle of its copy. */
  private static long begun(Stage stage, Moves moves, long id) throws Exception {
    moves.throttle(id, SLOW);
    stage.await("it copies", LIMIT, () -> moves.copied(id) > SLOW);
    return id;
  }

  private static void end(Stage stage, Moves moves, long id, String state)
      throws InterruptedException, TimeoutException {
    stage.await("move " + id + " ends", LIMIT, () -> moves.ended(id));
    moves.awaitEnd(id, state);
  }

  /**
   * A router searches a shard's replica in turn with its primary, and a replica's index is behind
   * after every write, with or without moves: what was asked of that shard proves nothing.
   */
  private static List<String> owed(List<String> missed, List<String> urls) {
    ShardMap before =
        new ShardMap(
            0,
            List.of(
                new Shard(0, urls.get(0), List.of()),
                new Shard(1, urls.get(1), List.of()),
                new Shard(2, urls.get(2), List.of())),
            List.of(),
            List.of());
    return missed.stream()
        .filter(
            text ->
                !text.startsWith("search for ")
                    || RendezvousHash.owner(before, text.split(" ")[2]).orElseThrow() != REPLICATED)
        .toList();
  }

  private static void judge(PointsEvidence evidence) {
    for (Finding finding : evidence.findings()) {
      assertEquals(List.of(), finding.wrong(), finding.claim());
    }
  }

  private static List<String> primaries(ShardMap map) {
    return map.shards().stream().map(Shard::primaryUrl).toList();
  }

  private Stage stage(MemberCalls calls, List<String> urls) throws Exception {
    LocalEnsemble ensemble =
        LocalEnsemble.prepare(
            LocalEnsemble.Plan.of(3, folder.resolve("ensemble"), 0, urls, List.of(), WAITS));
    opened.add(ensemble);
    ensemble.start();
    Stage stage = new Stage(ensemble, calls, System.out);
    for (MemberProcess member : stage.members()) {
      stage.await("member " + member.id() + " is ready", () -> stage.ready(member));
    }
    return stage;
  }

  private List<URI> routers(QuiverVersion version, Stage stage, List<String> urls)
      throws Exception {
    List<URI> routers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      RealQuiver router =
          opened(
              RealQuiver.of(version, List.of())
                  .with("QUIVER_CLUSTER_SHARDS", urls.toString())
                  .with("QUIVER_COORDINATOR_URL", stage.members().get(i).http().toString()));
      routers.add(URI.create(router.url()));
      post(stage, "/cluster/routers", router.url());
    }
    return routers;
  }

  private RealQuiver opened(RealQuiver.Plan plan) throws IOException {
    RealQuiver started = plan.start();
    opened.add(started);
    return started;
  }

  private static void post(Stage stage, String path, String url) throws Exception {
    URI member = stage.members().get(0).http();
    stage.await(
        url + " is taken",
        () -> stage.calls().post(member, path, "{\"url\":\"" + url + "\"}", "").ok());
  }

  /** Its slice goes onto the new shard by bulk loads, while clients write to it. */
  private static void createBulkLoaded(URI router) {
    Reply created =
        QuiverClient.of(router.toString())
            .post(
                "/v1/collections",
                "{\"name\":\"" + BULK_LOADED + "\",\"dim\":8,\"metric\":\"l2\",\"index\":\"ivf\"}");
    assertTrue(created.status() < 300, created::toString);
  }
}
