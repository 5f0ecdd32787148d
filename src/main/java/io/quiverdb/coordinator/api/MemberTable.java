// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What every member says of itself, asked now. */
final class MemberTable {
  private final ApiContext node;

  /**
   * A member and its report.
   *
   * @param report empty if it did not answer within a second
   * @param failure why it did not, else empty
   * @param asOfMillis this member's wall clock when the report came
   */
  record Row(
      Member member, Optional<MemberReport> report, Optional<Throwable> failure, long asOfMillis) {
    /** By how much its clock is ahead of this member's, in milliseconds; right to a second. */
    long aheadMillis() {
      return report.map(r -> r.clockMillis() - asOfMillis).orElse(0L);
    }

    boolean healthy() {
      return report.map(r -> r.ready() && r.role() != Role.REJOINING).orElse(false);
    }

    Optional<Role> role() {
      return report.map(MemberReport::role);
    }
  }

  MemberTable(ApiContext node) {
    this.node = node;
  }

  /** Asks all; completes within a second. */
  CompletableFuture<List<Row>> rows() {
    List<CompletableFuture<Row>> asked = new ArrayList<>();
    for (Member member : node.members().all()) {
      CompletableFuture<MemberReport> report =
          member.id().equals(node.id())
              ? CompletableFuture.completedFuture(node.report().get())
              : node.peers().report(member);
      asked.add(
          report.handle(
              (r, failure) ->
                  new Row(
                      member,
                      Optional.ofNullable(r),
                      Optional.ofNullable(failure).map(MemberTable::cause),
                      node.clock().millis())));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(done -> asked.stream().map(CompletableFuture::join).toList());
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  void write(List<Row> rows, ArrayNode members) {
    for (Row row : rows) {
      ObjectNode member = members.addObject();
      member.put("id", row.member().id());
      member.put("raft", row.member().raft());
      member.put("http", row.member().http().toString());
      member.put("role", row.role().map(MemberTable::name).orElse(null));
      member.set(
          "voter",
          Json.value(
              node.membership()
                  .voters()
                  .map(voters -> voters.contains(row.member().id()))
                  .orElse(null)));
      member.put("match_index", row.report().map(MemberReport::lastLogIndex).orElse(null));
      member.set(
          "lag_ms",
          Json.value(
              row.report()
                  .map(MemberReport::stalenessMillis)
                  .filter(age -> age.isPresent())
                  .map(age -> age.getAsLong())
                  .orElse(null)));
      member.put("healthy", row.healthy());
    }
  }

  static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
