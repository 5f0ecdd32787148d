// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Outcome.Accepted;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result;
import io.quiverdb.coordinator.model.Result.BackupResult;
import io.quiverdb.coordinator.model.Result.CheckResult;
import io.quiverdb.coordinator.model.Result.GrowthResult;
import io.quiverdb.coordinator.model.Result.IdResult;
import io.quiverdb.coordinator.model.Result.MapResult;
import io.quiverdb.coordinator.model.Result.MembersResult;
import io.quiverdb.coordinator.model.Result.MigrationResult;
import io.quiverdb.coordinator.model.Result.NoResult;
import io.quiverdb.coordinator.model.Result.PlanResult;
import io.quiverdb.coordinator.model.Result.RoutersResult;

/**
 * Outcomes as JSON: {@code {"accepted":"map","version":7}} or {@code
 * {"rejected":"last_shard",...}}.
 */
public final class OutcomeJson {
  private OutcomeJson() {}

  /** An outcome as JSON. */
  public static ObjectNode toJson(Outcome outcome) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    if (outcome instanceof Rejected rejected) {
      node.put("rejected", rejected.refusal().wireName());
      node.put("detail", rejected.detail());
      node.set("map_version", JsonValues.u64(rejected.mapVersion()));
      return node;
    }
    Result result = ((Accepted) outcome).result();
    if (result instanceof MapResult map) {
      node.put("accepted", "map");
      node.set("version", JsonValues.u64(map.version()));
    } else if (result instanceof IdResult id) {
      node.put("accepted", "id");
      node.set("id", JsonValues.u64(id.id()));
    } else if (result instanceof MigrationResult migration) {
      node.put("accepted", "migration");
      node.set("id", JsonValues.u64(migration.id()));
    } else if (result instanceof CheckResult check) {
      node.put("accepted", "check");
      node.set("id", JsonValues.u64(check.id()));
    } else if (result instanceof BackupResult backup) {
      node.put("accepted", "backup");
      node.set("id", JsonValues.u64(backup.id()));
    } else if (result instanceof PlanResult plan) {
      node.put("accepted", "plan");
      node.set("id", JsonValues.u64(plan.id()));
    } else {
      node.put("accepted", named(result));
    }
    return node;
  }

  /**
   * The outcome in what {@link #toJson} wrote.
   *
   * @throws MalformedDocumentException if it is none that this build knows
   */
  public static Outcome fromJson(JsonNode node) throws MalformedDocumentException {
    return fromJson(Fields.of(node, ""));
  }

  static Outcome fromJson(Fields fields) throws MalformedDocumentException {
    Outcome outcome = fields.find("rejected").isPresent() ? rejected(fields) : accepted(fields);
    fields.nothingElse();
    return outcome;
  }

  private static Outcome rejected(Fields fields) throws MalformedDocumentException {
    String name = fields.text("rejected");
    Refusal refusal =
        Refusal.ofWireName(name)
            .orElseThrow(
                () ->
                    new MalformedDocumentException("this build knows no refusal \"" + name + "\""));
    return new Rejected(refusal, fields.text("detail"), fields.u64("map_version"));
  }

  private static Outcome accepted(Fields fields) throws MalformedDocumentException {
    String name = fields.text("accepted");
    return new Accepted(
        switch (name) {
          case "map" -> new MapResult(fields.u64("version"));
          case "id" -> new IdResult(fields.u64("id"));
          case "migration" -> new MigrationResult(fields.u64("id"));
          case "check" -> new CheckResult(fields.u64("id"));
          case "backup" -> new BackupResult(fields.u64("id"));
          case "plan" -> new PlanResult(fields.u64("id"));
          case "routers" -> new RoutersResult();
          case "members" -> new MembersResult();
          case "growth" -> new GrowthResult();
          case "nothing" -> new NoResult();
          default ->
              throw new MalformedDocumentException("this build knows no result \"" + name + "\"");
        });
  }

  private static String named(Result result) {
    if (result instanceof MembersResult) {
      return "members";
    }
    if (result instanceof GrowthResult) {
      return "growth";
    }
    return result instanceof RoutersResult ? "routers" : "nothing";
  }
}
