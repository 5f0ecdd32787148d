// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Found;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Match;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A router: spreads points over the shards of its map as Quiver's does, with the same gaps. Each
 * request keeps the map it began with. Thread-safe; waits only inside its {@link ShardCalls}.
 */
public final class RouterCore implements QuiverNode {
  private final QuiverVersion version;
  private final Limits limits;
  private final ShardCalls calls;
  private final ShardCaller caller;
  private volatile ShardMap map;
  private final AtomicLong searches = new AtomicLong();
  private final Map<String, Metric> metrics = new ConcurrentHashMap<>();

  /**
   * A router that starts with its own map.
   *
   * @param seed version 0
   */
  public RouterCore(QuiverVersion version, Limits limits, ShardMap seed, ShardCalls calls) {
    this.version = version;
    this.limits = limits;
    this.calls = calls;
    this.caller = new ShardCaller(calls);
    this.map = seed;
  }

  /** The map of a router's static list: version 0, ids by place. */
  public static ShardMap seed(List<String> primaryUrls) {
    List<Shard> shards = new ArrayList<>();
    primaryUrls.forEach(url -> shards.add(new Shard(shards.size(), url, List.of())));
    return new ShardMap(0, shards, List.of(), List.of());
  }

  /**
   * Takes over a map if its version is strictly greater.
   *
   * @return whether it did
   */
  public synchronized boolean adopt(ShardMap newer) {
    boolean newerIndeed = Long.compareUnsigned(newer.version(), map.version()) > 0;
    if (newerIndeed) {
      map = newer;
    }
    return newerIndeed;
  }

  /**
   * Asks a coordinator for its map once, and adopts it if it is newer.
   *
   * @return whether it was
   * @throws IOException if there is no answer, or it is no map
   */
  public boolean pollOnce(String coordinatorUrl) throws IOException {
    String base = coordinatorUrl.replaceAll("/+$", "");
    QuiverResponse answer = calls.call("GET", base + "/cluster/map", Optional.empty());
    if (!answer.succeeded()) {
      throw new IOException(base + " answered " + answer.status() + ": " + answer.body());
    }
    try {
      return adopt(RouterMapJson.read(answer.body(), version));
    } catch (IllegalArgumentException e) {
      throw new IOException(base + " answered no map: " + e.getMessage(), e);
    }
  }

  /** The map it has adopted. */
  public ShardMap adopted() {
    return map;
  }

  /** A real router writes its own empty store. */
  @Override
  public long snapshot(String destination) {
    return 0;
  }

  @Override
  public Optional<ShardMap> map() {
    return Optional.of(adopted());
  }

  @Override
  public QuiverVersion version() {
    return version;
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public CollectionInfo create(CollectionSchema schema) {
    limits.checkDimension(schema.dim());
    for (Shard shard : adopted().shards()) {
      caller.write(shard, "POST", "/v1/collections", Optional.of(QuiverJson.creation(schema)));
    }
    metrics.put(schema.name(), schema.metric());
    return new CollectionInfo(schema, 0, true);
  }

  @Override
  public boolean drop(String name) {
    for (Shard shard : adopted().shards()) {
      caller.write(shard, "DELETE", "/v1/collections/" + name, Optional.empty());
    }
    metrics.remove(name);
    return true;
  }

  @Override
  public List<CollectionInfo> collections() {
    if (version.refusesUnrouted()) {
      throw QuiverError.unsupported("list_collections");
    }
    return List.of();
  }

  @Override
  public CollectionInfo collection(String name) {
    throw version.refusesUnrouted()
        ? QuiverError.unsupported("get_collection")
        : QuiverError.noCollection(name);
  }

  @Override
  public List<Point> fetch(String collection, long offset, long limit) {
    throw version.refusesUnrouted()
        ? QuiverError.unsupported("fetch")
        : QuiverError.noCollection(collection);
  }

  @Override
  public long upsert(String collection, List<Point> points, boolean bulk) {
    if (bulk) {
      limits.checkBulk(points.size());
    } else {
      limits.checkBatch(points.size());
    }
    points.forEach(p -> limits.checkPayload(p.payload().getBytes(StandardCharsets.UTF_8).length));
    String path = "/v1/collections/" + collection + (bulk ? "/points:bulk" : "/points");
    return toOwnersThenDonors(
        points,
        Point::id,
        (shard, group) ->
            caller
                .write(shard, "POST", path, Optional.of(QuiverJson.points(group)))
                .path("upserted")
                .asLong());
  }

  @Override
  public long delete(String collection, List<String> ids) {
    String path = "/v1/collections/" + collection + "/points";
    return toOwnersThenDonors(
        ids,
        id -> id,
        (shard, group) ->
            caller
                .write(shard, "DELETE", path, Optional.of(QuiverJson.ids(group)))
                .path("deleted")
                .asLong());
  }

  private interface GroupWrite<T> {
    long write(Shard shard, List<T> group);
  }

  /** Counts what the owners did; the donors' copies are of the same points. */
  private <T> long toOwnersThenDonors(
      List<T> elements, Function<T, String> id, GroupWrite<T> write) {
    ShardMap now = adopted();
    long done = 0;
    for (Map.Entry<Shard, List<T>> group :
        groups(now, elements, e -> RendezvousHash.owner(now, id.apply(e))).entrySet()) {
      done += write.write(group.getKey(), group.getValue());
    }
    groups(now, elements, e -> RendezvousHash.donor(now, id.apply(e))).forEach(write::write);
    return done;
  }

  private static <T> Map<Shard, List<T>> groups(
      ShardMap now, List<T> elements, Function<T, OptionalLong> target) {
    Map<Long, List<T>> byId = new HashMap<>();
    for (T element : elements) {
      target
          .apply(element)
          .ifPresent(id -> byId.computeIfAbsent(id, i -> new ArrayList<>()).add(element));
    }
    Map<Shard, List<T>> inMapOrder = new LinkedHashMap<>();
    for (Shard shard : now.shards()) {
      Optional.ofNullable(byId.get(shard.id())).ifPresent(group -> inMapOrder.put(shard, group));
    }
    return inMapOrder;
  }

  @Override
  public Optional<Point> point(String collection, String id) {
    ShardMap now = adopted();
    OptionalLong donor = RendezvousHash.donor(now, id);
    OptionalLong holder = donor.isPresent() ? donor : RendezvousHash.owner(now, id);
    Shard shard =
        now.shard(holder.orElseThrow(() -> QuiverError.internal("the map has no shard")))
            .orElseThrow();
    QuiverResponse answer =
        caller.read(
            "GET",
            shard.primaryUrl() + RawUrl.path("/v1/collections/" + collection + "/points/", id),
            Optional.empty());
    // Any 404 is taken for an absent point, a missing collection included.
    return answer.status() == 404
        ? Optional.empty()
        : Optional.of(ShardAnswers.point(ShardCaller.tree(answer)));
  }

  @Override
  public SearchOutcome search(String collection, SearchRequest request) {
    limits.checkMatches(request.k());
    boolean higherIsBetter = metric(collection).higherIsBetter();
    ShardMap now = adopted();
    String body = QuiverJson.search(request);
    long turn = searches.getAndIncrement();
    List<Match> matches = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Shard shard : now.shards()) {
      if (!now.isJoining(shard.id())) {
        JsonNode answer = caller.query(shard, turn + shard.id(), collection, body);
        ShardAnswers.matches(answer).stream()
            .filter(match -> seen.add(match.id()))
            .forEach(matches::add);
      }
    }
    Comparator<Match> nearest = Comparator.comparing(Match::score);
    matches.sort(higherIsBetter ? nearest.reversed() : nearest);
    return new Found(matches.subList(0, Math.min(request.k(), matches.size())));
  }

  /** Known from its creation, else asked of the first shard of the map. */
  private Metric metric(String collection) {
    Metric known = metrics.get(collection);
    if (known != null) {
      return known;
    }
    Shard first =
        adopted().shards().stream()
            .findFirst()
            .orElseThrow(() -> QuiverError.internal("the map has no shard"));
    JsonNode described =
        ShardCaller.tree(
            caller.read(
                "GET", first.primaryUrl() + "/v1/collections/" + collection, Optional.empty()));
    Metric metric = ShardAnswers.metric(described);
    metrics.put(collection, metric);
    return metric;
  }
}
