// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.config.BootstrapSource;
import io.quiverdb.coordinator.config.ConfigLoader;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import io.quiverdb.coordinator.model.FullMap;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower can bootstrap, back up and restore any map that the limits allow. */
class WholeMapTest {
  @TempDir Path folder;

  private FakeMembers members;

  @BeforeEach
  void start() {
    members = new FakeMembers(folder, false);
  }

  @AfterEach
  void close() {
    members.close();
  }

  @Test
  void aLargeStateFileInAFollowersConfigurationIsImported() throws Exception {
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < ShardMap.MAX_SHARDS; i++) {
      shards.add(new Shard(i, url(i, 0), List.of(url(i, 1), url(i, 2), url(i, 3), url(i, 4))));
    }
    ShardMap map = new ShardMap(9, shards, List.of(), List.of());
    String json = new String(ShardMapJson.toBytes(map), StandardCharsets.UTF_8);
    Path file = Files.writeString(folder.resolve("state.json"), "{\"map\":" + json + "}");
    CoordinatorConfig config =
        ConfigLoader.load(
                Optional.empty(),
                Map.of("QUIVER_INSECURE", "true", "QUIVER_COORDINATOR_STATE", file.toString()))
            .config();
    offer(BootstrapSource.read(config).orElseThrow().command("cluster"));
    assertEquals(map, members.log.state().map());
  }

  @Test
  void theLargestMapGoesThroughABootstrapABackupAndARestore() {
    ShardMap map = FullMap.map();
    offer(new Command.Bootstrap("cluster", "f", map, 9_999, FullMap.routers()));
    assertEquals(map, members.log.state().map());
    String backup = members.follower("GET /cluster/backup").wants(200).text();
    assertTrue(backup.length() > 2_500_000, backup.length() + " bytes");
    members.follower("DELETE /cluster/shards/3").wants(200);
    restore(backup);
    assertEquals(map.shards(), members.log.state().map().shards());
    FakeMembers.Answer more =
        members
            .follower("POST /cluster/shards")
            .json("{\"primary_url\":\"" + url(9_999, 9) + "\"}")
            .wants(400);
    assertTrue(more.json().path("detail").asText().contains("2 MiB"), more.text());
    FakeMembers.Answer snapshot = members.follower("GET /internal/snapshot").wants(200);
    assertTrue(snapshot.text().endsWith("{\"end\":true}\n"));
  }

  /** A busy machine may need longer than a follower waits; then the same key gets the answer. */
  private void restore(String backup) {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              FakeMembers.Answer answer =
                  members
                      .follower("POST /cluster/restore")
                      .header("Idempotency-Key", "restore")
                      .json(backup)
                      .send();
              assertTrue(Set.of(200, 504).contains(answer.status()), answer.text());
              return answer.status() == 200;
            });
  }

  /** As the follower c2 does. */
  private void offer(Command.Bootstrap bootstrap) {
    Proposal proposal = Proposal.of(new Stamp("c2", Stamp.SYSTEM, 1), bootstrap);
    byte[] body = EntryCodec.current().encode(proposal, 1);
    assertTrue(body.length > 1 << 20, body.length + " bytes");
    members
        .leader("POST /internal/bootstrap")
        .json(new String(body, StandardCharsets.UTF_8))
        .wants(200);
  }

  private static String url(int shard, int replica) {
    return "http://quiver-%04d-%d.shards.vectors.svc.cluster.local:6333".formatted(shard, replica);
  }
}
