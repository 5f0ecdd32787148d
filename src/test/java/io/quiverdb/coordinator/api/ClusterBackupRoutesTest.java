// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.codec.BackupCodec;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.ClusterBackupCommand.FinishBackup;
import io.quiverdb.coordinator.command.ClusterBackupCommand.RecordSnapshot;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Backups of the cluster over REST. */
class ClusterBackupRoutesTest extends MigrationOnFakeMembers {
  private static final String DESTINATION = "{\"destination\":\"/mnt/b\"}";

  private Answer begin(String body) {
    return members.follower("POST /cluster/backups").json(body).send();
  }

  private ClusterBackup backup(long id) {
    return members.log.state().backups().find(id).orElseThrow();
  }

  private void taken(long id) {
    for (Shard shard : backup(id).shards()) {
      members.log.log(new RecordSnapshot(id, shard.id(), 12, 7, 4096, members.log.term()));
    }
    members.log.log(new FinishBackup(id, CheckState.DONE, "", members.log.term()));
  }

  @Test
  void aBackupInJson() throws Exception {
    members.record();
    Answer begun = begin(DESTINATION);
    assertEquals(200, begun.status(), begun.text());
    assertEquals("running", begun.json().path("state").asText());
    Shard first = backup(1).shards().get(0);
    members.log.log(new RecordSnapshot(1, first.id(), 12, 7, 4096, members.log.term()));
    members.log.log(
        new FinishBackup(1, CheckState.FAILED, "shard 1: s1 is away", members.log.term()));
    ClusterBackup seen = backup(1);
    JsonNode json = members.leader("GET /cluster/backups/1").wants(200).json();
    JsonNode shards = json.path("shards");
    assertEquals(1, json.path("shards_done").asInt());
    assertEquals(seen.shards().size(), json.path("shards_total").asInt());
    assertEquals(seen.shards().size(), shards.size());
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"id": %d, "primary_url": "%s", "directory": "%s/shard-%d", "taken_at": "%s",
                 "answer": {"manifest_version": 12, "files": 7, "bytes": 4096}}"""
                    .formatted(
                        first.id(),
                        first.primaryUrl(),
                        seen.directory(),
                        first.id(),
                        JsonValues.time(seen.snapshots().get(0).takenMillis()))),
        shards.path(0));
    assertTrue(shards.path(1).path("answer").isNull(), json.toString());
    assertEquals("failed", json.path("state").asText());
    assertEquals("shard 1: s1 is away", json.path("error").asText());
    assertEquals("/mnt/b", json.path("destination").asText());
    assertEquals(3600, json.path("timeout_seconds").asInt());
    begin("{\"destination\":\"/mnt/c\",\"timeout_seconds\":60}");
    JsonNode all = members.follower("GET /cluster/backups").wants(200).json().path("backups");
    assertEquals(2, all.path(0).path("id").asInt(), "newest first");
    assertEquals(60, all.path(0).path("timeout_seconds").asInt());
    assertEquals(((ObjectNode) json).without("shards"), all.path(1), "thousands may be too many");
  }

  @Test
  void theDocumentHasTheMapOfTheSnapshots() throws Exception {
    members.record();
    begin(DESTINATION);
    assertTrue(
        members
            .leader("GET /cluster/backups/1/document")
            .wants(409)
            .json()
            .path("detail")
            .asText()
            .contains("only one that is done"));
    ShardMap map = members.log.state().map();
    taken(1);
    members.leader("POST /cluster/shards").json("{\"primary_url\":\"http://later:1\"}").wants(200);
    for (Answer answer :
        new Answer[] {
          members.leader("GET /cluster/backups/1/document").wants(200),
          members.follower("GET /cluster/backups/1/document").wants(200)
        }) {
      BackupContent content = BackupCodec.decode(answer.text().getBytes(StandardCharsets.UTF_8));
      assertEquals(map, content.map());
      assertEquals(members.log.state().nextId(), content.nextId());
      members.leader("POST /cluster/restore").json(answer.text()).wants(200);
      assertEquals(map.shards(), members.log.state().map().shards());
    }
  }

  @Test
  void theSameKeyBeginsItOnce() {
    members.record();
    beginsOnce("POST /cluster/backups", DESTINATION);
  }

  @Test
  void theMapStaysAsItIs() {
    members.record();
    begin(DESTINATION);
    Answer refused =
        members
            .leader("POST /cluster/shards")
            .json("{\"primary_url\":\"http://s9:6333\"}")
            .wants(409);
    assertEquals("backup_active", refused.json().path("reason").asText());
    assertTrue(refused.text().contains("backup 1 is being taken"), refused.text());
    assertEquals(409, begin(DESTINATION).status());
    assertEquals(
        "backup_active",
        members
            .leader("POST /cluster/shards/grow?dry_run=true")
            .json("{\"primary_url\":\"http://s9:6333\"}")
            .wants(409)
            .json()
            .path("reason")
            .asText());
  }

  @Test
  void notDuringAMigration() {
    members.record();
    copying();
    Answer answer = begin(DESTINATION);
    assertEquals(409, answer.status());
    assertEquals(1, answer.json().path("migration").asInt());
    assertTrue(answer.text().contains("migration 1 (grow"), answer.text());
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    members.record();
    assertEquals(422, begin("{}").status());
    assertEquals(400, begin("{\"destination\":\"here\"}").status());
    assertEquals(400, begin("{\"destination\":\"/b\",\"timeout_seconds\":0}").status());
    members.leader("GET /cluster/backups/7").wants(404);
    members.leader("GET /cluster/backups/7/document").wants(404);
    members.leader("DELETE /cluster/backups/7").wants(404);
    members.leader("GET /cluster/backups/x").wants(400);
    members.leader("GET /cluster/backups?limit=1").wants(400);
  }

  @Test
  void isForAdmins() {
    members.record();
    begin(DESTINATION);
    members.leader("POST /cluster/backups").key("write").json(DESTINATION).wants(403);
    members.leader("GET /cluster/backups").key("read").wants(403);
    members.leader("GET /cluster/backups/1").key("write").wants(403);
    members.leader("GET /cluster/backups/1/document").key("read").wants(403);
    members.leader("DELETE /cluster/backups/1").key("write").wants(403);
  }

  @Test
  void stopsOne() {
    members.record();
    begin(DESTINATION);
    JsonNode stopped = members.follower("DELETE /cluster/backups/1").wants(200).json();
    assertEquals("stopped", stopped.path("state").asText());
    assertEquals("stopped by ops", stopped.path("error").asText());
    members.leader("DELETE /cluster/backups/1").wants(409);
  }

  @Test
  void notBeforeTheLogIsAtFormat2() {
    Answer answer = begin(DESTINATION);
    assertEquals(503, answer.status());
    assertTrue(answer.text().contains("format 1"), answer.text());
  }
}
