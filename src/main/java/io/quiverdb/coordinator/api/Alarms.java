// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.RaisedAlarm;
import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.OtherMemberException;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.router.RouterSighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The alarms that this member sees. Thread-safe. */
final class Alarms {
  private static final long REFUSED_POLL_MILLIS = 5L * 60 * 1000;

  private static final Map<Long, String> CLOCKS_APART =
      new TreeMap<>(
          Map.of(
              30_000L, "30 seconds",
              300_000L, "5 minutes",
              3_600_000L, "an hour",
              86_400_000L, "a day"));

  /** The beginning of the message if a certificate was refused. */
  private static final String UNTRUSTED = "its certificate ";

  /** Routers poll every 2 s, and are looked at as often. */
  private static final Duration BEHIND = Duration.ofSeconds(10);

  private final ApiContext node;
  private final Access access;
  private final MemberTable table;
  private final Supplier<Optional<Alarm>> growth;
  private final Map<String, Long> since = new TreeMap<>();

  Alarms(ApiContext node, Access access, MemberTable table, Supplier<Optional<Alarm>> growth) {
    this.node = node;
    this.access = access;
    this.table = table;
    this.growth = growth;
  }

  /** The current alarms; an alarm that was there before keeps its start time. */
  List<RaisedAlarm> now(List<MemberTable.Row> members, ShardHealthCache.Seen shards) {
    List<Alarm> raised = raised(members, shards);
    synchronized (since) {
      List<String> names = raised.stream().map(Alarms::name).toList();
      since.keySet().retainAll(names);
      return raised.stream()
          .map(
              alarm ->
                  new RaisedAlarm(
                      alarm, since.computeIfAbsent(name(alarm), n -> node.clock().millis())))
          .toList();
    }
  }

  /**
   * The detail names a lower bound of the difference: with the exact value it would change every
   * second.
   */
  private Optional<Alarm> clockAlarm(MemberTable.Row row) {
    long apart = Math.abs(row.aheadMillis());
    String most = "";
    for (Map.Entry<Long, String> step : CLOCKS_APART.entrySet()) {
      most = apart >= step.getKey() ? step.getValue() : most;
    }
    return most.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Alarm(
                "clock_differs",
                "warning",
                "the clock of member "
                    + row.member().id()
                    + " is more than "
                    + most
                    + (row.aheadMillis() > 0 ? " ahead of" : " behind")
                    + " that of "
                    + node.id()
                    + ": the times that one of them writes are wrong; correct it"));
  }

  /**
   * Adds alarms for routers with an old map. A router that does not answer has none: it may have
   * been removed.
   */
  private void routersBehind(List<Alarm> raised) {
    Instant now = node.clock().instant();
    ClusterState state = node.view().current().state();
    for (String url : state.routers()) {
      RouterSighting sighting = node.routerWatch().sighting(url);
      boolean lasts =
          sighting.behindSince().filter(since -> !since.isAfter(now.minus(BEHIND))).isPresent();
      sighting
          .lastError()
          .filter(error -> error.contains(UNTRUSTED))
          .ifPresent(
              error ->
                  raised.add(
                      new Alarm(
                          "router_untrusted",
                          "critical",
                          url,
                          "router " + url + " cannot be asked for its map: " + error)));
      if (lasts && sighting.lastError().isEmpty()) {
        raised.add(
            new Alarm(
                "router_behind",
                "critical",
                "router "
                    + url
                    + " answers with another map than the newest one, version "
                    + Unsigned.text(state.map().version())
                    + ": what clients write through it may go to the wrong shard"));
      }
    }
  }

  private static String name(Alarm alarm) {
    return alarm.code() + " " + alarm.about();
  }

  /** The alarms that hold now. */
  List<Alarm> raised(List<MemberTable.Row> members, ShardHealthCache.Seen shards) {
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
              "a client polls the map without a key or with a wrong one: a router like that"
                  + " adopts no map"));
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
    noneToSpare(members).ifPresent(raised::add);
    node.membership().troubles().forEach(trouble -> raised.add(of(trouble)));
    members.forEach(row -> clockAlarm(row).ifPresent(raised::add));
    shards
        .unhealthy()
        .forEach(
            shard ->
                raised.add(
                    new Alarm(
                        "shard_unhealthy",
                        "critical",
                        "shard "
                            + Unsigned.text(shard.id())
                            + " is not healthy at "
                            + shard.primaryUrl()
                            + ": "
                            + shards.of(shard).trouble().orElse(""))));
    routersBehind(raised);
    growth.get().ifPresent(raised::add);
    raised.addAll(MigrationAlarms.of(node.view().current().state()));
    raised.addAll(node.safeguards().alarms().get());
    return raised;
  }

  /** One or two voters never survive a loss, so this is no alarm for them. */
  private Optional<Alarm> noneToSpare(List<MemberTable.Row> rows) {
    OptionalInt spare = table.spare(rows);
    int voters = node.membership().voters().map(Set::size).orElse(0);
    return spare.isPresent() && spare.getAsInt() == 0 && voters > 2
        ? Optional.of(
            new Alarm(
                "no_failure_tolerance",
                "warning",
                "voters",
                "of "
                    + voters
                    + " voting members just a majority is up: if one more is lost, nothing can be"
                    + " changed and no map is served"))
        : Optional.empty();
  }

  private Optional<Alarm> of(MemberTable.Row row) {
    String id = row.member().id();
    // A member that is being added has no data either; the change says what it waits for.
    Optional<String> joining =
        node.view().current().state().members().change().flatMap(MemberChange::joining);
    if (!joining.equals(Optional.of(id))
        && row.role().filter(role -> role == Role.REJOINING).isPresent()) {
      return Optional.of(
          new Alarm(
              "member_rejoining",
              "warning",
              "member " + id + " has no data and waits to be added"));
    }
    // If another process answers at its address, the membership has an alarm for that.
    return row.failure()
        .filter(failure -> !(failure instanceof OtherMemberException))
        .map(
            failure ->
                new Alarm(
                    "member_unreachable",
                    "warning",
                    id,
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
          case LIST_DIFFERS -> "members_differ";
        },
        "warning",
        trouble.member(),
        trouble.detail());
  }
}
