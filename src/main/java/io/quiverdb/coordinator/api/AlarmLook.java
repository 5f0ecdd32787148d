// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.quiverdb.coordinator.api.growth.GrowthLooks;
import io.quiverdb.coordinator.api.growth.Surroundings;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.api.request.RaisedAlarm;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.Unsigned;
import io.quiverdb.coordinator.router.RouterSighting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A look at the members, the shards and the alarms, as this member sees them now. Thread-safe. */
final class AlarmLook {
  private final ApiContext node;
  private final MemberTable members;
  private final ShardHealthCache shards;
  private final Alarms alarms;

  /** What was seen. */
  record Seen(
      List<MemberTable.Row> members, ShardHealthCache.Seen shards, List<RaisedAlarm> alarms) {
    void write(ArrayNode list) {
      alarms.forEach(raised -> raised.write(list.addObject()));
    }
  }

  /**
   * Looks for one member.
   *
   * @param growth the alarm of the growth policy, if it is raised
   */
  AlarmLook(ApiContext node, Access access, MemberTable members, Supplier<Optional<Alarm>> growth) {
    this.node = node;
    this.members = members;
    this.shards = new ShardHealthCache(node.shards());
    this.alarms = new Alarms(node, access, members, growth);
  }

  /** Asks members and shards; completes within a second or two. */
  CompletableFuture<Seen> look() {
    CompletableFuture<List<MemberTable.Row>> rows = members.recentRows();
    return shards
        .of(node.view().current().state().map())
        .thenCombine(rows, (seen, table) -> new Seen(table, seen, alarms.now(table, seen)));
  }

  /** The alarms alone. */
  CompletableFuture<List<RaisedAlarm>> now() {
    return look().thenApply(Seen::alarms);
  }

  /** What speaks for growth, and against it. */
  CompletableFuture<Surroundings> surroundings() {
    return look()
        .thenApply(
            seen -> {
              ClusterState state = node.view().current().state();
              Map<Long, Long> points = new TreeMap<>();
              for (Shard shard : state.map().shards()) {
                seen.shards().of(shard).points().ifPresent(count -> points.put(shard.id(), count));
              }
              return new Surroundings(
                  points,
                  seen.alarms().stream()
                      .map(RaisedAlarm::alarm)
                      .filter(alarm -> !alarm.code().equals(GrowthLooks.ALARM))
                      .map(alarm -> "the alarm " + alarm.code() + " is raised: " + alarm.detail())
                      .toList(),
                  state.routers().stream()
                      .filter(url -> !node.routerWatch().sighting(url).confirms(state.map()))
                      .toList());
            });
  }

  /**
   * What figures are made of. Only the leader asks the shards: every member is asked for its
   * figures.
   */
  CompletableFuture<Observation> observed() {
    return node.leadership().current().leads()
        ? look()
            .thenApply(
                seen ->
                    observation(
                        seen.members(),
                        seen.shards(),
                        seen.alarms().stream().map(RaisedAlarm::alarm)))
        : members
            .recentRows()
            .thenApply(
                rows ->
                    observation(
                        rows,
                        ShardHealthCache.Seen.NONE,
                        alarms.raised(rows, ShardHealthCache.Seen.NONE).stream()));
  }

  private Observation observation(
      List<MemberTable.Row> rows, ShardHealthCache.Seen seen, Stream<Alarm> raised) {
    Map<String, Integer> counts = new TreeMap<>();
    raised.forEach(alarm -> counts.merge(alarm.code(), 1, Integer::sum));
    return new Observation(
        seen.map().shards().stream().map(shard -> observed(shard, seen.of(shard))).toList(),
        node.view().current().state().routers().stream().map(this::observed).toList(),
        counts,
        members.spare(rows));
  }

  private static Observation.SeenShard observed(Shard shard, ShardHealthCache.Sighting sighting) {
    return new Observation.SeenShard(
        Unsigned.text(shard.id()), sighting.healthy(), sighting.points());
  }

  private Observation.SeenRouter observed(String url) {
    RouterSighting sighting = node.routerWatch().sighting(url);
    return new Observation.SeenRouter(
        url,
        sighting.lastError().isEmpty() && sighting.map().isPresent()
            ? OptionalLong.of(sighting.map().get().version())
            : OptionalLong.empty(),
        sighting.confirms(node.view().current().state().map()));
  }
}
