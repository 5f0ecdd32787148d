// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.api.http.ErrorMapper;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberListReport;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.Quorum;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MemberList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The current reports of all members. */
final class MemberTable {
  private static final Duration MAX_AGE = Duration.ofMillis(500);

  private final ApiContext node;
  private final SharedLook<Ensemble, List<Row>> recent;

  /** What a look is about; the reports from before one of these changed are of no use. */
  private record Ensemble(
      List<Member> members, Optional<MemberChange> change, long term, Optional<String> leader) {}

  /**
   * A member and its report.
   *
   * @param report empty if it did not answer within a second
   * @param failure why it did not answer; empty if it did
   * @param lastContact when it last answered; empty if it never has
   * @param asOfMillis this member's wall clock when the report arrived
   */
  record Row(
      Member member,
      Optional<MemberReport> report,
      Optional<Throwable> failure,
      Optional<Instant> lastContact,
      long asOfMillis) {
    /** How far its clock is ahead of this member's, in milliseconds; accurate to a second. */
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

  /**
   * The table of this member.
   *
   * @param nanos a monotonic clock
   */
  MemberTable(ApiContext node, LongSupplier nanos) {
    this.node = node;
    this.recent = new SharedLook<>(nanos, MAX_AGE, ensemble -> rows(ensemble.members()));
  }

  /** Asks all; completes within a second. For decisions. */
  CompletableFuture<List<Row>> rows() {
    return rows(members());
  }

  /**
   * The reports of a look that began within the last 500 ms or is under way, so that many readers
   * cost no more than one; this member's own is of now. Completes within a second.
   */
  CompletableFuture<List<Row>> recentRows() {
    Leadership.View view = node.leadership().current();
    Ensemble ensemble =
        new Ensemble(
            members(),
            node.view().current().state().members().change(),
            view.term(),
            view.leaderId());
    return recent
        .at(ensemble)
        .thenApply(
            rows ->
                rows.stream().map(row -> isOwn(row.member()) ? own(row.member()) : row).toList());
  }

  private boolean isOwn(Member member) {
    return member.id().equals(node.id());
  }

  private Row own(Member member) {
    return row(member, node.report().get(), null);
  }

  private CompletableFuture<List<Row>> rows(List<Member> members) {
    List<CompletableFuture<Row>> asked = new ArrayList<>();
    for (Member member : members) {
      asked.add(
          isOwn(member)
              ? CompletableFuture.completedFuture(own(member))
              : node.peers().report(member).handle((r, failure) -> row(member, r, failure)));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(done -> asked.stream().map(CompletableFuture::join).toList());
  }

  private Row row(Member member, @Nullable MemberReport report, @Nullable Throwable failure) {
    return new Row(
        member,
        Optional.ofNullable(report),
        Optional.ofNullable(failure).map(ErrorMapper::cause),
        lastContact(member, report),
        node.clock().millis());
  }

  /** The members in the list in the log; the list of the Raft layer follows a moment later. */
  private List<Member> members() {
    MemberList recorded = node.view().current().state().members();
    return recorded.isRecorded()
        ? recorded.members().stream().map(Member::of).toList()
        : node.members().all();
  }

  private Optional<Instant> lastContact(Member member, @Nullable MemberReport report) {
    return report == null
        ? node.peers().lastContact(member.id())
        : Optional.of(node.clock().instant());
  }

  /**
   * How many members may be lost now, whichever they are, so that the rest can still commit; empty
   * while this member cannot tell.
   */
  OptionalInt spare(List<Row> rows) {
    Set<String> up =
        rows.stream()
            .filter(Row::healthy)
            .map(row -> row.member().id())
            .collect(Collectors.toSet());
    if (!up.contains(node.id())) {
      return OptionalInt.empty();
    }
    node.membership().troubles().stream()
        .filter(trouble -> trouble.kind() == Membership.Kind.NOT_FOLLOWING)
        .forEach(trouble -> up.remove(trouble.member()));
    return node.membership()
        .voters()
        .map(voters -> OptionalInt.of(Quorum.spare(voters, up)))
        .orElseGet(OptionalInt::empty);
  }

  void write(List<Row> rows, ArrayNode members) {
    Optional<Set<String>> voters = node.membership().voters();
    Optional<String> joining =
        node.view().current().state().members().change().flatMap(MemberChange::joining);
    for (Row row : rows) {
      String id = row.member().id();
      Optional<Boolean> voter = voters.map(all -> all.contains(id));
      boolean learns = joining.equals(Optional.of(id)) && !voter.orElse(false);
      Optional<MemberListReport> list = row.report().map(MemberReport::list);
      ObjectNode member = members.addObject();
      member.put("id", id);
      member.put("raft", row.member().raft());
      member.put("http", row.member().http().toString());
      member.put("role", learns ? "learner" : row.role().map(MemberTable::name).orElse(null));
      member.set("voter", Json.value(voter.orElse(null)));
      member.put("match_index", row.report().map(MemberReport::lastLogIndex).orElse(null));
      member.set(
          "lag_ms",
          Json.value(
              row.report()
                  .map(MemberReport::stalenessMillis)
                  .filter(age -> age.isPresent())
                  .map(age -> age.getAsLong())
                  .orElse(null)));
      member.put(
          "last_contact",
          row.lastContact().map(at -> JsonValues.time(at.toEpochMilli())).orElse(null));
      member.put("healthy", row.healthy());
      member.put(
          "version",
          list.map(MemberListReport::version).filter(text -> !text.isEmpty()).orElse(null));
      member.set("format", Json.value(list.map(MemberListReport::format).orElse(null)));
    }
  }

  static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
