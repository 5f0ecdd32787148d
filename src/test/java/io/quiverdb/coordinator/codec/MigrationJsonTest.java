// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import io.quiverdb.coordinator.state.Walk;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A migration as docs/rest.md describes it. */
class MigrationJsonTest {
  private final Walk walk = new Walk();

  @Test
  void aMigrationLooksAsTheDocumentSays() throws Exception {
    walk.now = 1_700_000_000_000L;
    walk.start(MigrationKind.GROW);
    walk.to(Phase.JOINING);
    walk.to(Phase.COPYING);
    walk.term = 8;
    walk.node = "c2";
    report(90_000, 30_211, 41_000);
    JsonNode json = MigrationJson.toJson(migration());
    assertEquals(
        Json.MAPPER.readTree(
            """
            {"id":1,"kind":"grow","shard_id":3,"target_url":"http://s3:6333",
             "origin":"operator","phase":"COPYING","state":"running","reversible":true,"runner":"c2","term":8,
             "started_at":"2023-11-14T22:13:21Z","updated_at":"2023-11-14T22:13:25Z",
             "finished_at":null,
             "map_versions":{"before":0,"during":1,"after":null},"router_adoption":"observed",
             "progress":{"points_total":90000,"points_done":30211,"bytes_done":15400000,
               "points_per_second":41000,"eta_seconds":2,"round":1,
               "parts":[{"collection":"docs","from":0,"to":3,"points_total":30000,
                         "points_done":211}]},
             "waiting_on":{"what":"router","detail":"r2","since":"2023-11-14T22:13:20Z",
               "attempts":12,"next_retry_at":null},
             "throttle_points_per_second":0,"error":null,"keep_copies":false,"skipped":[],
             "left_dirty":[],
             "steps":[
               {"phase":"PREPARED","index":1,"term":7,"node":"c1","at":"2023-11-14T22:13:21Z"},
               {"phase":"JOINING","index":2,"term":7,"node":"c1","at":"2023-11-14T22:13:22Z"},
               {"phase":"ADOPTING","index":3,"term":7,"node":"c1","at":"2023-11-14T22:13:23Z"},
               {"phase":"COPYING","index":4,"term":7,"node":"c1","at":"2023-11-14T22:13:24Z"}]}
            """),
        Json.MAPPER.readTree(json.toString()));
  }

  private void report(long total, long done, long rate) {
    MigrationProgress report =
        new MigrationProgress(
            total,
            done,
            15_400_000,
            rate,
            1,
            List.of(new MigrationPart("docs", 0, 3, 30_000, 211, 9, "p", false)));
    walk.accepted(
        new Command.ReportProgress(
            migration().id(),
            migration().phase(),
            report,
            Optional.of(new WaitingOn("router", "r2", 1_700_000_000_000L, 12, 0)),
            walk.term));
  }

  private Migration migration() {
    return walk.state.migrations().active().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "100, 0, 0, null",
    "100, 0, 30, 4",
    "100, 10, 30, 3",
    "100, 100, 30, 0",
    "100, 101, 30, 0",
    "18446744073709551615, 0, 1, 18446744073709551615",
    "18446744073709551615, 0, 18446744073709551615, 1",
    "18446744073709551615, 0, 2, 9223372036854775808",
  })
  void theTimeLeftIsRoundedUpAndNeverWrong(String total, String done, String rate, String left) {
    walk.start(MigrationKind.GROW);
    report(
        Long.parseUnsignedLong(total), Long.parseUnsignedLong(done), Long.parseUnsignedLong(rate));
    JsonNode progress = MigrationJson.toJson(migration()).get("progress");
    assertEquals(left, progress.get("eta_seconds").toString());
    assertEquals(rate, progress.get("points_per_second").toString());
  }

  @Test
  void aMigrationThatStandsStillHasNoRate() {
    walk.start(MigrationKind.GROW);
    report(100, 10, 30);
    walk.accepted(new Command.PauseMigration(1));
    JsonNode progress = MigrationJson.toJson(migration()).get("progress");
    assertEquals(0, progress.get("points_per_second").intValue());
    assertTrue(progress.get("eta_seconds").isNull());
  }

  @Test
  void theEndAndItsReasonAreShown() {
    walk.start(MigrationKind.DRAIN);
    walk.to(Phase.COPYING);
    walk.accepted(new Command.CancelMigration(1, true));
    walk.accepted(new Command.RevertDone(1, 7));
    JsonNode json = MigrationJson.toJson(walk.state.migrations().find(1).orElseThrow());
    assertEquals("drain", json.get("kind").textValue());
    assertEquals("reverted", json.get("state").textValue());
    assertEquals("cancelled by ops", json.get("error").textValue());
    assertEquals("2023-11-14T22:13:27Z", json.get("finished_at").textValue());
    assertEquals(2, json.get("map_versions").get("after").intValue());
    assertTrue(json.get("keep_copies").booleanValue());
    assertTrue(json.get("waiting_on").isNull());
  }

  @Test
  void oddTimesHaveAText() {
    walk.start(MigrationKind.GROW);
    for (long millis : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE}) {
      walk.accepted(
          new Command.HoldMigration(
              1, Phase.PREPARED, new WaitingOn("x", "y", millis, -1, millis), 7));
      assertTrue(
          MigrationJson.toJson(migration()).get("waiting_on").get("next_retry_at").isTextual());
    }
  }
}
