// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.model.MemberChange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** The document about the members: the answer of every route about members. */
final class MembersDocument {
  private final ApiContext node;
  private final MemberTable table;

  MembersDocument(ApiContext node, MemberTable table) {
    this.node = node;
    this.table = table;
  }

  /** The document with reports of the last 500 ms; completes within a second. */
  CompletableFuture<byte[]> bytes() {
    return table.recentRows().thenApply(rows -> Json.bytes(body -> write(rows, body)));
  }

  private void write(List<MemberTable.Row> rows, ObjectNode body) {
    table.write(rows, body.putArray("members"));
    body.set("change", change(rows));
    body.set("failure_tolerance", failureTolerance(rows));
  }

  /** The change under way, or null. Only the leader knows what it waits for. */
  JsonNode change(List<MemberTable.Row> rows) {
    Optional<MemberChange> active = node.view().current().state().members().change();
    if (active.isEmpty()) {
      return Json.value(null);
    }
    MemberChange change = active.get();
    Optional<String> leader = node.leadership().current().leaderId();
    Optional<String> waitingOn =
        rows.stream()
            .filter(row -> leader.equals(Optional.of(row.member().id())))
            .flatMap(row -> row.report().stream())
            .map(MemberReport::list)
            .flatMap(list -> list.waitingOn().stream())
            .findFirst();
    return Json.MAPPER
        .createObjectNode()
        .put("kind", change.kind().wireName())
        .put("id", change.id())
        .put("step", change.step().wireName())
        .put("since", JsonValues.time(change.sinceMillis()))
        .put("waiting_on", waitingOn.orElse(null));
  }

  /** How many members may fail now; null while unknown. */
  JsonNode failureTolerance(List<MemberTable.Row> rows) {
    OptionalInt spare = table.spare(rows);
    return Json.value(spare.isPresent() ? spare.getAsInt() : null);
  }
}
