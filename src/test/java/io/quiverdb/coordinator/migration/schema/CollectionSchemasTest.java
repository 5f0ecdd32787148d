// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.migration.FakeCluster;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Collections that clients create and drop while a migration is under way. */
class CollectionSchemasTest {
  private final FakeCluster cluster = new FakeCluster();

  private CollectionSchemas during(Phase phase) {
    cluster.begin(MigrationKind.GROW, phase);
    cluster.shards.at(FakeCluster.N).has("docs", 0);
    return new CollectionSchemas(cluster.bundle(cluster.control()));
  }

  private void on(String name, String dim, String... urls) {
    for (String url : urls) {
      cluster.shards.at(url).has(name, 0, dim);
    }
  }

  private static String[] donors() {
    return new String[] {FakeCluster.url(0), FakeCluster.url(1), FakeCluster.url(2)};
  }

  @Test
  void equalOnesTakeNoTime() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    assertEquals(Optional.empty(), schemas.difference());
    assertEquals(List.of("docs"), schemas.awaitAgreement().stream().map(c -> c.name()).toList());
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofSeconds(1)) < 0);
  }

  @Test
  void aRequestOnItsWayFromShardToShardIsLeftAlone() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    on("new", "4", FakeCluster.url(0));
    cluster.at(
        Duration.ofSeconds(3),
        () -> on("new", "4", FakeCluster.url(1), FakeCluster.url(2), FakeCluster.N));
    var unused = schemas.awaitAgreement();
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void oneThatIsMissingTwiceIsMadeAndReported() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    on("new", "4", donors());
    cluster.at(Duration.ofSeconds(9), () -> assertEquals(List.of(), cluster.shards.changes));
    assertTrue(schemas.difference().isPresent());
    assertTrue(schemas.awaitAgreement().stream().anyMatch(c -> c.name().equals("new")));
    assertEquals(List.of("create new " + FakeCluster.N), cluster.shards.changes);
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofSeconds(20)) >= 0, "looks again later");
  }

  @Test
  void oneThatIsSeenForTheFirstTimeAtTheSecondLookIsLeftAloneToo() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    on("early", "4", donors());
    cluster.at(
        Duration.ofSeconds(9),
        () -> {
          on("early", "4", FakeCluster.N);
          on("late", "4", donors());
        });
    cluster.at(Duration.ofSeconds(14), () -> on("late", "4", FakeCluster.N));
    var unused = schemas.awaitAgreement();
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void oneThatOnlyTheJoiningShardHasIsDropped() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    on("gone", "4", FakeCluster.N);
    var unused = schemas.awaitAgreement();
    assertEquals(List.of("drop gone " + FakeCluster.N), cluster.shards.changes);
  }

  /** All donors may have lost their disks. */
  @DisplayName(
      "a collection with points that no donor has any more is dropped only if an operator says so")
  @Test
  void oneWithPointsThatNoDonorHasIsDroppedIfAnOperatorSaysSo() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    cluster.shards.at(FakeCluster.N).has("gone", 40, "4");
    sayRetryAfterTenMinutes();
    var unused = schemas.awaitAgreement();
    assertEquals(List.of("drop gone " + FakeCluster.N), cluster.shards.changes);
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofMinutes(10)) > 0);
  }

  /** All donors may have lost their disks, and a client created the collection again. */
  @DisplayName(
      "a collection of another schema of which no donor has a point is dropped only if an operator"
          + " says so")
  @Test
  void oneOfAnotherSchemaIsDroppedOnlyIfAnOperatorSaysSo() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    on("docs", "8", donors());
    cluster.shards.at(FakeCluster.N).has("docs", 40);
    sayRetryAfterTenMinutes();
    var unused = schemas.awaitAgreement();
    assertEquals(
        List.of("drop docs " + FakeCluster.N, "create docs " + FakeCluster.N),
        cluster.shards.changes);
    assertTrue(cluster.world.elapsed().compareTo(Duration.ofMinutes(10)) > 0);
  }

  @Test
  void oneOfAnotherSchemaIsMadeAnewUnaskedIfDonorsHavePointsOfIt() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    for (String url : donors()) {
      cluster.shards.at(url).has("docs", 7, "8");
    }
    cluster.shards.at(FakeCluster.N).has("docs", 40);
    var unused = schemas.awaitAgreement();
    assertEquals(
        List.of("drop docs " + FakeCluster.N, "create docs " + FakeCluster.N),
        cluster.shards.changes);
  }

  private void sayRetryAfterTenMinutes() {
    cluster.at(
        Duration.ofMinutes(10),
        () -> {
          assertEquals("truth", cluster.migration().waitingOn().orElseThrow().what());
          assertEquals(List.of(), cluster.shards.changes);
          cluster.accept(cluster.retry(OptionalLong.empty()));
        });
  }

  @Test
  void oneOfAnotherSchemaIsMadeAnewAndReported() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    on("docs", "8", donors());
    assertEquals(List.of("docs"), schemas.awaitAgreement().stream().map(c -> c.name()).toList());
    assertEquals(
        List.of("drop docs " + FakeCluster.N, "create docs " + FakeCluster.N),
        cluster.shards.changes);
  }

  @Test
  void nothingIsDroppedOnAShardThatServes() throws Exception {
    CollectionSchemas schemas = during(Phase.DROPPING);
    on("gone", "4", FakeCluster.N);
    cluster.at(
        Duration.ofSeconds(25),
        () -> {
          assertEquals(MigrationState.HOLDING, cluster.migration().state());
          cluster.shards.at(FakeCluster.N).collections.remove("gone");
        });
    var unused = schemas.awaitAgreement();
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void donorsThatDisagreeHoldTheMigration() throws Exception {
    CollectionSchemas schemas = during(Phase.COPYING);
    on("new", "4", FakeCluster.url(2), FakeCluster.N);
    cluster.at(
        Duration.ofSeconds(25),
        () -> {
          assertEquals(MigrationState.HOLDING, cluster.migration().state());
          on("new", "4", donors());
        });
    var unused = schemas.awaitAgreement();
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void anErrorIsNoAbsence() {
    CollectionSchemas schemas = during(Phase.COPYING);
    cluster.shards.at(FakeCluster.N).down = true;
    assertThrows(io.quiverdb.coordinator.shard.ShardException.class, schemas::awaitAgreement);
    assertEquals(List.of(), cluster.shards.changes);
  }

  @Test
  void makesAllOnANewShardAndRefusesOneOfAnotherSchema() throws Exception {
    cluster.begin(MigrationKind.GROW, Phase.PREPARED);
    CollectionSchemas schemas = new CollectionSchemas(cluster.bundle(cluster.control()));
    schemas.createAll();
    assertTrue(cluster.shards.at(FakeCluster.N).collections.containsKey("docs"));
    on("docs", "8", FakeCluster.N);
    assertThrows(StepFailed.class, schemas::createAll);
  }

  @Test
  void aDrainMakesWhatASurvivorLacksAndDropsNothing() throws Exception {
    cluster.begin(MigrationKind.DRAIN, Phase.COPYING);
    on("only-leaving", "4", FakeCluster.url(2));
    on("only-survivor", "4", FakeCluster.url(0));
    var unused = new CollectionSchemas(cluster.bundle(cluster.control())).awaitAgreement();
    assertEquals(
        List.of(
            "create only-leaving " + FakeCluster.url(0),
            "create only-leaving " + FakeCluster.url(1)),
        cluster.shards.changes);
    assertFalse(cluster.shards.changes.stream().anyMatch(change -> change.startsWith("drop")));
  }
}
