// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Backups of the cluster for people. */
final class ClusterBackupView {
  private ClusterBackupView() {}

  static List<String> progress(JsonNode backup) {
    String error = Session.cell(backup, "error");
    return List.of(
        "backup "
            + Session.cell(backup, "id")
            + " of map version "
            + Session.cell(backup, "map_version")
            + ": "
            + Session.cell(backup, "state")
            + ", "
            + shards(backup)
            + " shards"
            + (error.equals("-") ? "" : ": " + error));
  }

  private static String shards(JsonNode backup) {
    return Session.cell(backup, "shards_done") + " of " + Session.cell(backup, "shards_total");
  }

  static List<String> lines(Session session, JsonNode backup) {
    List<String> lines = new ArrayList<>(progress(backup));
    Table table = new Table("SHARD", "URL", "TAKEN", "FILES", "BYTES", "DIRECTORY");
    for (JsonNode shard : backup.path("shards")) {
      JsonNode answer = shard.path("answer");
      table.row(
          Session.cell(shard, "id"),
          Session.cell(shard, "primary_url"),
          Session.cell(shard, "taken_at"),
          Session.cell(answer, "files"),
          Session.cell(answer, "bytes"),
          Session.cell(shard, "directory"));
    }
    lines.addAll(session.lines(table));
    return lines;
  }

  static List<String> list(Session session, JsonNode answer) {
    Table table =
        new Table("ID", "STATE", "SHARDS", "MAP VERSION", "STARTED", "FINISHED", "DIRECTORY");
    for (JsonNode backup : answer.path("backups")) {
      table.row(
          Session.cell(backup, "id"),
          Session.cell(backup, "state"),
          shards(backup),
          Session.cell(backup, "map_version"),
          Session.cell(backup, "started_at"),
          Session.cell(backup, "finished_at"),
          Session.cell(backup, "directory"));
    }
    return session.lines(table);
  }
}
