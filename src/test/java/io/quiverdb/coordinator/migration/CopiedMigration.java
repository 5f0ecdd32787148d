// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.StubShards.Stub;
import io.quiverdb.coordinator.migration.index.IndexBuildTrigger;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.PointSlice;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.RowReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A grow whose points are on the new shard already. */
public abstract class CopiedMigration {
  public final FakeCluster cluster = new FakeCluster();
  public final StubShards shards = cluster.shards;
  public final IndexBuildTrigger indexes = new IndexBuildTrigger(cluster.world);
  public final List<String> moved = new ArrayList<>();

  /** Donors hold 300 points; those of them that move are on the new shard, with this index. */
  public MigrationContext copied(Phase phase, Optional<Boolean> indexReady) {
    cluster.begin(MigrationKind.GROW, phase);
    MigrationContext context = cluster.bundle(cluster.control());
    fill(context);
    shards
        .at(FakeCluster.N)
        .collections
        .put("docs", StubShards.collection("docs", moved.size(), "2", indexReady));
    return context;
  }

  public static Row row(String id) {
    return row(id, "[1,2]");
  }

  public static Row row(String id, String vector) {
    String json = "{\"id\":\"" + id + "\",\"vector\":" + vector + ",\"payload\":null}";
    try {
      return RowReader.point(json.getBytes(StandardCharsets.UTF_8));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  public void fill(MigrationContext context) {
    PointSlice slice = PointSlice.of(context);
    List<Row> onNew = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      String id = "p" + (1_000 + i);
      Row row = row(id);
      Stub donor = shards.at(FakeCluster.url(i % 3));
      var partner = slice.counterpart(id);
      if (partner == null) {
        donor.rows.computeIfAbsent("docs", name -> new ArrayList<>()).add(row);
      } else {
        Stub truth = shards.at(partner.primaryUrl());
        truth.rows.computeIfAbsent("docs", name -> new ArrayList<>()).add(row);
        truth.searchable.add(id);
        onNew.add(row);
        moved.add(id);
      }
    }
    shards.at(FakeCluster.N).rows.put("docs", onNew);
    for (int id = 0; id < 3; id++) {
      Stub donor = shards.at(FakeCluster.url(id));
      donor.has("docs", donor.rows.get("docs").size());
    }
  }
}
