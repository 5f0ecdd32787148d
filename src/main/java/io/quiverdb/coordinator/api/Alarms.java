package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.OtherMemberException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an operator should look at, as far as this member sees it. Thread-safe. */
final class Alarms {
  private static final long REFUSED_POLL_MILLIS = 5L * 60 * 1000;

  private final Node node;
  private final Access access;
  private final Map<String, Long> since = new TreeMap<>();

  /** One of them. */
  record Alarm(String code, String severity, String detail) {}

  Alarms(Node node, Access access) {
    this.node = node;
    this.access = access;
  }

  /** Writes the alarms that hold now; one that held before keeps its beginning. */
  void write(List<MemberTable.Row> members, ShardSightings.Seen shards, ArrayNode alarms) {
    List<Alarm> raised = raised(members, shards);
    synchronized (since) {
      List<String> names = raised.stream().map(Alarms::name).toList();
      since.keySet().retainAll(names);
      for (Alarm alarm : raised) {
        long start = since.computeIfAbsent(name(alarm), n -> node.clock().millis());
        alarms
            .addObject()
            .put("code", alarm.code())
            .put("severity", alarm.severity())
            .put("since", Json.time(start))
            .put("detail", alarm.detail());
      }
    }
  }

  private static String name(Alarm alarm) {
    return alarm.code() + " " + alarm.detail();
  }

  private List<Alarm> raised(List<MemberTable.Row> members, ShardSightings.Seen shards) {
    List<Alarm> raised = new ArrayList<>();
    node.view()
        .current()
        .state()
        .mismatches()
        .forEach(
            (member, mismatch) ->
                raised.add(
                    new Alarm(
                        "bootstrap_mismatch",
                        "warning",
                        "member "
                            + member
                            + " is configured to bootstrap from something else than this cluster"
                            + " began with")));
    if (access.refusedPollWithin(REFUSED_POLL_MILLIS).isPresent()) {
      raised.add(
          new Alarm(
              "map_poll_unauthorized",
              "critical",
              "somebody polls the map with no or a wrong key: a router with that key adopts nothing"));
    }
    if (node.leadership().current().leaderId().isEmpty()) {
      raised.add(new Alarm("no_leader", "critical", "no member leads: nothing can be changed"));
    }
    if (!node.fresh()) {
      raised.add(
          new Alarm(
              "map_stale",
              "critical",
              "member "
                  + node.id()
                  + " cannot prove that its map is current and does not serve it"));
    }
    members.forEach(row -> of(row).ifPresent(raised::add));
    node.membership().troubles().forEach(trouble -> raised.add(of(trouble)));
    shards
        .unhealthy()
        .forEach(
            shard ->
                raised.add(
                    new Alarm(
                        "shard_unhealthy",
                        "critical",
                        "shard "
                            + Long.toUnsignedString(shard.id())
                            + " is not healthy at "
                            + shard.primaryUrl()
                            + ": "
                            + shards.of(shard).trouble().orElse(""))));
    raised.addAll(MoveAlarms.of(node.view().current().state()));
    return raised;
  }

  private static Optional<Alarm> of(MemberTable.Row row) {
    String id = row.member().id();
    if (row.role().filter(role -> role == Role.REJOINING).isPresent()) {
      return Optional.of(
          new Alarm(
              "member_rejoining",
              "warning",
              "member " + id + " has no data and waits to be taken in"));
    }
    // Somebody else at its address is a trouble of the membership.
    return row.failure()
        .filter(failure -> !(failure instanceof OtherMemberException))
        .map(
            failure ->
                new Alarm(
                    "member_unreachable",
                    "warning",
                    "member "
                        + id
                        + " does not answer at "
                        + row.member().http()
                        + ": "
                        + (failure.getMessage() == null ? failure : failure.getMessage())));
  }

  private static Alarm of(Membership.Trouble trouble) {
    return new Alarm(
        switch (trouble.kind()) {
          case NOT_FOLLOWING -> "member_not_following";
          case NOT_CONFIGURED -> "member_not_configured";
        },
        "warning",
        trouble.detail());
  }
}
