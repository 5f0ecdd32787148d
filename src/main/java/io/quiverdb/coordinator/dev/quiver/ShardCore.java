// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Utf8Order;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * An in-memory shard: what Quiver keeps and answers, without HTTP and without keys. Thread-safe;
 * one call at a time, as under a shard's own lock. Nothing here blocks: it only reads the clock.
 */
public final class ShardCore implements QuiverNode {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final int MAX_NAME_BYTES = 255;

  /** How a shard of several nodes treats writes. */
  public enum Role {
    /** Takes them. */
    PRIMARY,
    /** Refuses them with 403. */
    READ_REPLICA,
    /** Refuses them with 421, but accepts bulk loads and drops outside its group. */
    RAFT_FOLLOWER
  }

  private final QuiverVersion version;
  private final Limits limits;
  private final LongSupplier nanoClock;
  private final long buildNanosPerPoint;
  private final NavigableMap<String, StoredCollection> collections =
      new TreeMap<>(Utf8Order.INSTANCE);
  private final Set<String> snapshots = new TreeSet<>();
  private Role role = Role.PRIMARY;

  /**
   * An empty shard.
   *
   * @param buildPerPoint how long an index build takes for each point
   * @param nanoClock what time it is, in ns from any beginning; never asked to wait
   */
  public ShardCore(
      QuiverVersion version, Limits limits, Duration buildPerPoint, LongSupplier nanoClock) {
    this.version = version;
    this.limits = limits;
    this.buildNanosPerPoint = buildPerPoint.toNanos();
    this.nanoClock = nanoClock;
  }

  /** An empty shard with Quiver's limits, whose index builds take no time. */
  public static ShardCore of(QuiverVersion version) {
    return new ShardCore(version, Limits.DEFAULT, Duration.ZERO, System::nanoTime);
  }

  /** Makes it a replica, a follower or a primary again. */
  public synchronized void become(Role newRole) {
    role = newRole;
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
  public synchronized CollectionInfo create(CollectionSchema schema) {
    takeWrite(false);
    limits.checkDimension(schema.dim());
    checkName(schema.name());
    checkSchema(schema);
    if (collections.containsKey(schema.name())) {
      throw QuiverError.collectionExists(schema.name());
    }
    StoredCollection created = new StoredCollection(schema, nanoClock, buildNanosPerPoint);
    collections.put(schema.name(), created);
    return created.info();
  }

  private void checkName(String name) {
    if (!version.checksNames()) {
      return;
    }
    if (name.isEmpty()) {
      throw QuiverError.badRequest("invalid argument: collection name must not be empty");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw QuiverError.badRequest(
          "invalid argument: a collection name has " + MAX_NAME_BYTES + " bytes at most");
    }
    if (!NAME.matcher(name).matches()) {
      throw QuiverError.badRequest(
          "invalid argument: collection name \"" + name + "\": only ASCII letters, digits, -_.");
    }
  }

  private static void checkSchema(CollectionSchema schema) {
    if (schema.dim() == 0) {
      throw QuiverError.badRequest("invalid argument: dim must be non-zero");
    }
    if (schema.multivector() && !schema.metric().higherIsBetter()) {
      throw QuiverError.badRequest(
          "unsupported configuration: a multivector collection needs metric cosine or dot");
    }
    if (schema.index() == IndexKind.COLBERT && !schema.multivector()) {
      throw QuiverError.badRequest(
          "unsupported configuration: index colbert is for multivector collections");
    }
  }

  @Override
  public synchronized List<CollectionInfo> collections() {
    return collections.values().stream().map(StoredCollection::info).toList();
  }

  @Override
  public synchronized CollectionInfo collection(String name) {
    return stored(name).info();
  }

  @Override
  public synchronized boolean drop(String name) {
    takeWrite(true);
    return collections.remove(name) != null;
  }

  @Override
  public synchronized long upsert(String collection, List<Point> points, boolean bulk) {
    takeWrite(bulk);
    if (bulk) {
      limits.checkBulk(points.size());
    } else {
      limits.checkBatch(points.size());
    }
    for (Point point : points) {
      limits.checkPayload(point.payload().getBytes(StandardCharsets.UTF_8).length);
    }
    ofPoints(collection).upsert(points, bulk);
    return points.size();
  }

  @Override
  public synchronized long delete(String collection, List<String> ids) {
    takeWrite(false);
    return ids.isEmpty() ? 0 : ofPoints(collection).delete(ids);
  }

  @Override
  public synchronized Optional<Point> point(String collection, String id) {
    return ofPoints(collection).point(id);
  }

  @Override
  public synchronized List<Point> fetch(String collection, long offset, long limit) {
    limits.checkFetch(limit);
    return ofPoints(collection).fetch(offset, limit);
  }

  @Override
  public synchronized SearchOutcome search(String collection, SearchRequest request) {
    limits.checkMatches(request.k());
    return ofPoints(collection).search(request, version.firstSearchWaits());
  }

  /** The callers of all searches that wait for the index of a collection have gone. */
  public synchronized void searchesClosed(String collection) {
    Optional.ofNullable(collections.get(collection)).ifPresent(StoredCollection::searchesClosed);
  }

  @Override
  public synchronized long snapshot(String destination) {
    if (role == Role.READ_REPLICA) {
      throw QuiverError.forbidden("snapshot: this node is a read-only replication follower");
    }
    if (!snapshots.add(destination)) {
      throw QuiverError.directoryExists(destination);
    }
    return snapshots.size();
  }

  @Override
  public Optional<ShardMap> map() {
    return Optional.empty();
  }

  private StoredCollection stored(String name) {
    StoredCollection found = collections.get(name);
    if (found == null) {
      throw QuiverError.noCollection(name);
    }
    return found;
  }

  private StoredCollection ofPoints(String name) {
    StoredCollection found = stored(name);
    if (found.info().schema().multivector()) {
      throw QuiverError.badRequest(
          "unsupported configuration: collection is multi-vector, it holds documents");
    }
    return found;
  }

  private void takeWrite(boolean passesConsensusBy) {
    if (role == Role.READ_REPLICA) {
      throw QuiverError.forbidden("this node is a read replica: write to its primary");
    }
    if (role == Role.RAFT_FOLLOWER && !passesConsensusBy) {
      throw QuiverError.notLeader();
    }
  }
}
