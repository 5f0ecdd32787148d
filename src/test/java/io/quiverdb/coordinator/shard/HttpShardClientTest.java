// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.CollectionSchema.FilterableField;
import io.quiverdb.coordinator.dev.quiver.DevKey;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.NameLookups;
import io.quiverdb.coordinator.shard.ShardApi.Role;
import io.quiverdb.coordinator.shard.ShardApi.Way;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every call, to in-memory shards that fulfil the contract of the real ones. */
class HttpShardClientTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Fence OPEN = () -> System.nanoTime() + LIMIT.toNanos();
  private static final List<String> AWKWARD =
      List.of(
          "\u0001",
          " ",
          "\"q\"",
          "%2F",
          "+",
          ".",
          "..",
          "../x",
          "/",
          "?#&",
          "\\",
          "a b",
          "a/b",
          "a:b",
          "a;b=c",
          "é",
          "\ud7ff",
          "\uffff",
          "😀",
          "x".repeat(300));
  private static final String NESTED =
      "{\"a\":[1,{\"b\":null}],\"n\":18446744073709551615,\"s\":\"\u00e9\\\"\\\\😀\",\"z\":1.5e-7}";

  private final NameLookups names = new NameLookups();
  private final DirectHttp http = new DirectHttp(names, Duration.ofSeconds(2), 16);
  private final ShardApi shards = shards(Optional.empty());
  private final List<ShardServer> started = new ArrayList<>();

  @AfterEach
  void close() {
    started.forEach(ShardServer::close);
    http.close();
    names.close();
  }

  private ShardApi shards(Optional<String> key) {
    return new HttpShardClient(http, key, LIMIT, OPEN);
  }

  private ShardServer shard(ShardCore core, DevKey... keys) throws IOException {
    started.add(ShardServer.start(0, core, List.of(keys)));
    return started.get(started.size() - 1);
  }

  private ShardServer shard(QuiverVersion version) throws IOException {
    return shard(ShardCore.of(version));
  }

  private static ShardCore filled(QuiverVersion version) {
    ShardCore core = ShardCore.of(version);
    core.create(CollectionSchema.of("c", 2, Metric.L2, IndexKind.IVF));
    List<Point> points = new ArrayList<>();
    points.add(new Point("", FloatVector.of(0f, -0f), "null"));
    for (String id : AWKWARD) {
      points.add(
          new Point(
              id, FloatVector.of(points.size(), 0.1f), points.size() % 2 == 0 ? NESTED : "7"));
    }
    core.upsert("c", points, false);
    return core;
  }

  private static Row row(String json) {
    try {
      return RowReader.point(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedAnswerException e) {
      throw new AssertionError(e);
    }
  }

  private static Kind failure(Executable call) {
    return assertThrows(ShardException.class, call).kind();
  }

  @ParameterizedTest
  @EnumSource
  void aCollectionCanBeMadeFromItsListing(QuiverVersion version) throws Exception {
    ShardServer donor = shard(version);
    List<CollectionSchema> schemas =
        List.of(
            CollectionSchema.of("a", 3, Metric.COSINE, IndexKind.HNSW),
            CollectionSchema.of("b", 3, Metric.DOT, IndexKind.VAMANA),
            new CollectionSchema(
                "d",
                8,
                Metric.L2,
                IndexKind.DISK_VAMANA,
                Optional.of(4),
                List.of(new FilterableField("x.y", "keyword"), new FilterableField("a", "numeric")),
                false,
                "client_side",
                false),
            new CollectionSchema(
                "i", 8, Metric.L2, IndexKind.IVF, Optional.of(2), List.of(), false, "dcpe", false));
    schemas.forEach(donor.core()::create);
    donor.core().upsert("a", List.of(new Point("p", FloatVector.of(1, 2, 3), "{}")), true);
    ShardServer target = shard(version);

    List<ShardCollection> listed = shards.collections(donor.url());
    for (ShardCollection collection : listed) {
      shards.create(target.url(), collection, Optional.of(true));
    }

    List<ShardCollection> made = shards.collections(target.url());
    assertEquals(List.of("a", "b", "d", "i"), made.stream().map(ShardCollection::name).toList());
    for (int i = 0; i < schemas.size(); i++) {
      assertTrue(listed.get(i).sameSchema(made.get(i)), made.get(i)::schema);
      CollectionSchema kept = target.core().collection(made.get(i).name()).schema();
      CollectionSchema was = schemas.get(i);
      assertEquals(was.index() == IndexKind.DISK_VAMANA, kept.binary());
      assertEquals(
          was,
          new CollectionSchema(
              kept.name(),
              kept.dim(),
              kept.metric(),
              kept.index(),
              kept.pqSubspaces(),
              kept.filterable(),
              kept.multivector(),
              kept.vectorEncryption(),
              false));
    }
    assertEquals(1, listed.get(0).count());
    assertEquals("hnsw", listed.get(0).index());
    boolean tells = version == QuiverVersion.V1_1_0;
    assertEquals(tells ? Optional.of(false) : Optional.empty(), listed.get(0).indexReady());
    assertEquals(
        Kind.EXISTS, failure(() -> shards.create(target.url(), made.get(0), Optional.empty())));
  }

  @Test
  void aMultivectorCollectionIsToldApart() throws Exception {
    ShardServer shard = shard(QuiverVersion.V1_1_0);
    shard
        .core()
        .create(
            new CollectionSchema(
                "m",
                2,
                Metric.COSINE,
                IndexKind.COLBERT,
                Optional.empty(),
                List.of(),
                true,
                "none",
                false));
    ShardCollection listed = shards.collections(shard.url()).get(0);
    assertTrue(listed.multivector());
    assertEquals(Kind.REFUSED, failure(() -> shards.fetch(shard.url(), "m", 0, 1)));
    assertEquals(Kind.REFUSED, failure(() -> shards.fetchLimit(shard.url(), "m")));
  }

  @Test
  void aSchemaIsEverythingThatACreateTakes() throws Exception {
    String listing =
        "[{\"name\":\"c\",\"dim\":2,\"count\":7,\"index\":\"ivf\",\"index_ready\":true,\"new\":{\"z\":1.50,"
            + "\"a\":[2,{\"y\":18446744073709551616,\"b\":null}]},\"pq_subspaces\":null}]";
    ShardCollection listed = ShardJson.collections(listing.getBytes(StandardCharsets.UTF_8)).get(0);
    assertEquals(
        "{\"dim\":2,\"index\":\"ivf\",\"name\":\"c\",\"new\":{\"a\":[2,{\"b\":null,"
            + "\"y\":18446744073709551616}],\"z\":1.5}}",
        listed.schema());
    assertEquals(
        listed.schema(),
        new String(ShardJson.creation(listed, Optional.of(true)), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void pointsComeOverByteForByte(QuiverVersion version) throws Exception {
    ShardServer donor = shard(filled(version));
    for (Way way : Way.values()) {
      ShardServer target = shard(version);
      target.core().create(donor.core().collection("c").schema());
      List<Row> rows = shards.fetch(donor.url(), "c", 0, 100);
      assertEquals(1 + AWKWARD.size(), rows.size());
      assertEquals("", rows.get(0).id());
      shards.upsert(target.url(), "c", rows, way);
      assertEquals(
          donor.core().fetch("c", 0, 100), target.core().fetch("c", 0, 100), way.toString());
      List<Row> copies = shards.fetch(target.url(), "c", 0, 100);
      for (int i = 0; i < rows.size(); i++) {
        assertEquals(rows.get(i).payloadJson(), copies.get(i).payloadJson());
        assertEquals(rows.get(i).vectorJson(), copies.get(i).vectorJson());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPageIsAWindow(QuiverVersion version) throws Exception {
    ShardServer shard = shard(filled(version));
    List<String> all = ids(shards.fetch(shard.url(), "c", 0, 1_000));
    assertEquals(all.subList(3, 8), ids(shards.fetch(shard.url(), "c", 3, 5)));
    assertEquals(List.of(), shards.fetch(shard.url(), "c", all.size(), 5));
    assertEquals(Kind.REFUSED, failure(() -> shards.fetch(shard.url(), "c", 0, 10_001)));
    assertEquals(Kind.NO_COLLECTION, failure(() -> shards.fetch(shard.url(), "x", 0, 1)));
  }

  private static List<String> ids(List<Row> rows) {
    return rows.stream().map(Row::id).toList();
  }

  @ParameterizedTest
  @EnumSource
  void anIdOfAnyKindCanBeRead(QuiverVersion version) throws Exception {
    ShardServer shard = shard(filled(version));
    List<Row> rows = shards.fetch(shard.url(), "c", 1, 100);
    for (Row row : rows) {
      Row read =
          shards.point(shard.url(), "c", row.id()).orElseThrow(() -> new AssertionError(row));
      assertEquals(row.id(), read.id());
      assertTrue(row.sameContent(read) && read.sameContent(row), row.id());
    }
    assertEquals(Optional.empty(), shards.point(shard.url(), "c", "../y"));
    assertEquals(Kind.NO_COLLECTION, failure(() -> shards.point(shard.url(), "x", "a")));
    assertThrows(IllegalArgumentException.class, () -> shards.point(shard.url(), "c", ""));
  }

  @Test
  void whateverAPageMayHoldCanBeReadAlone() throws Exception {
    Limits limits = new Limits(1_000, 50_000, 10_000, 10_000, 32 << 20, 4 << 20, 8_192);
    ShardServer shard =
        shard(new ShardCore(QuiverVersion.V1_1_0, limits, Duration.ZERO, System::nanoTime));
    shard.core().create(CollectionSchema.of("c", 2, Metric.L2, IndexKind.IVF));
    Row large = row("{\"id\":\"a\",\"vector\":[1,2],\"payload\":\"" + "x".repeat(3 << 20) + "\"}");
    shards.upsert(shard.url(), "c", List.of(large), Way.POINTS);
    assertEquals(1, shards.fetch(shard.url(), "c", 0, 2).size());
    assertTrue(large.sameContent(shards.point(shard.url(), "c", "a").orElseThrow()));
  }

  @ParameterizedTest
  @EnumSource
  void idsOfAnyKindCanBeDeleted(QuiverVersion version) throws Exception {
    ShardServer shard = shard(filled(version));
    shards.delete(shard.url(), "c", List.of("", "nobody"));
    assertEquals(AWKWARD.size(), shard.core().collection("c").count());
    shards.delete(shard.url(), "c", AWKWARD);
    assertEquals(0, shard.core().collection("c").count());
    assertEquals(Kind.NO_COLLECTION, failure(() -> shards.delete(shard.url(), "x", List.of("a"))));
  }

  @ParameterizedTest
  @EnumSource(QuiverVersion.class)
  void aSnapshotIsWrittenOnce(QuiverVersion version) throws Exception {
    ShardCore core = ShardCore.of(version);
    ShardServer shard = shard(core);
    WrittenSnapshot first = shards.snapshot(shard.url(), "/b/\"1\" é", LIMIT);
    assertEquals(1, first.manifestVersion());
    assertEquals(2, shards.snapshot(shard.url(), "/b/2", LIMIT).manifestVersion());
    assertEquals(Kind.EXISTS, failure(() -> shards.snapshot(shard.url(), "/b/2", LIMIT)));
    core.become(ShardCore.Role.READ_REPLICA);
    assertEquals(Kind.FORBIDDEN, failure(() -> shards.snapshot(shard.url(), "/b/3", LIMIT)));
  }

  @Test
  void aCollectionOfAnyNameCanBeUsed() throws Exception {
    ShardServer shard = shard(QuiverVersion.V0_27_0);
    String name = "a/b ?é";
    shard.core().create(CollectionSchema.of(name, 1, Metric.L2, IndexKind.HNSW));
    shards.upsert(shard.url(), name, List.of(row("{\"id\":\"a\",\"vector\":[1]}")), Way.POINTS);
    assertEquals(List.of("a"), ids(shards.fetch(shard.url(), name, 0, 9)));
    assertTrue(shards.drop(shard.url() + "/", name));
    assertFalse(shards.drop(shard.url(), name));
  }

  @Test
  void whatIsOverALimitIsRefusedWithTheShardsWords() throws Exception {
    ShardServer shard = shard(filled(QuiverVersion.V1_1_0));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1_001; i++) {
      rows.add(row("{\"id\":\"" + i + "\",\"vector\":[1,2]}"));
    }
    ShardException failure =
        assertThrows(ShardException.class, () -> shards.upsert(shard.url(), "c", rows, Way.POINTS));
    assertEquals(Kind.REFUSED, failure.kind());
    assertTrue(failure.getMessage().contains("batch of 1001 exceeds"), failure.getMessage());
    shards.upsert(shard.url(), "c", rows, Way.BULK);
    Row wide = row("{\"id\":\"w\",\"vector\":[1,2,3]}");
    assertEquals(
        Kind.REFUSED, failure(() -> shards.upsert(shard.url(), "c", List.of(wide), Way.POINTS)));
  }

  @ParameterizedTest
  @EnumSource
  void aSearchFindsTheNearest(QuiverVersion version) throws Exception {
    ShardServer shard = shard(filled(version));
    Row near = shards.fetch(shard.url(), "c", 0, 100).get(5);
    // 0.27.0 answers the search that sets a build off from the index before.
    await().until(() -> !search(shard, near).isEmpty());
    List<String> found = search(shard, near);
    assertEquals(3, found.size());
    assertEquals(near.id(), found.get(0));
  }

  private List<String> search(ShardServer shard, Row near) throws Exception {
    return shards.search(shard.url(), "c", near, 3, Duration.ofHours(5));
  }

  @ParameterizedTest
  @EnumSource
  void aDeleteOfNothingTellsTheRole(QuiverVersion version) throws Exception {
    ShardServer shard = shard(version);
    assertEquals(Role.WRITABLE, shards.role(shard.url()));
    shard.core().become(ShardCore.Role.READ_REPLICA);
    assertEquals(Role.READ_ONLY, shards.role(shard.url()));
    assertEquals(Kind.FORBIDDEN, failure(() -> shards.drop(shard.url(), "c")));
    shard.core().become(ShardCore.Role.RAFT_FOLLOWER);
    assertEquals(Role.RAFT_FOLLOWER, shards.role(shard.url()));
    assertEquals(Kind.RAFT_FOLLOWER, failure(() -> shards.delete(shard.url(), "c", List.of("a"))));
  }

  @Test
  void theKeyIsPresented() throws Exception {
    ShardServer shard =
        shard(
            filled(QuiverVersion.V1_1_0), DevKey.admin("adm"), DevKey.of("rea", DevKey.Role.READ));
    assertEquals(1, shards(Optional.of("adm")).collections(shard.url()).size());
    assertEquals(Role.WRITABLE, shards(Optional.of("adm")).role(shard.url()));
    assertEquals(Role.READ_ONLY, shards(Optional.of("rea")).role(shard.url()));
    for (ShardApi stranger : List.of(shards, shards(Optional.of("bad")))) {
      assertEquals(Kind.FORBIDDEN, failure(() -> stranger.role(shard.url())));
      assertEquals(Kind.FORBIDDEN, failure(() -> stranger.collections(shard.url())));
      assertEquals(Kind.FORBIDDEN, failure(() -> stranger.point(shard.url(), "c", "a")));
      assertTrue(stranger.healthy(shard.url()));
    }
  }

  @Test
  void theLargestPageIsFoundOut() throws Exception {
    for (int most : new int[] {1, 777, 10_000, 25_001, 999_999, 1_000_000, 2_000_000}) {
      Limits limits = new Limits(1_000, 50_000, most, 10_000, 32 << 20, 64 << 10, 8_192);
      ShardCore core = new ShardCore(QuiverVersion.V1_1_0, limits, Duration.ZERO, System::nanoTime);
      core.create(CollectionSchema.of("c", 1, Metric.L2, IndexKind.IVF));
      core.upsert("c", List.of(new Point("p", FloatVector.of(1), "1")), false);
      ShardServer shard = shard(core);
      assertEquals(Math.min(most, 1_000_000), shards.fetchLimit(shard.url(), "c"));
      assertEquals(
          Kind.NO_COLLECTION, failure(() -> shards(Optional.empty()).fetchLimit(shard.url(), "x")));
      core.drop("c");
      assertEquals(Math.min(most, 1_000_000), shards.fetchLimit(shard.url(), "c"), "remembered");
    }
  }
}
