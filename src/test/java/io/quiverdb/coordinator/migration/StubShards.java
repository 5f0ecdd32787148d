// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration;

import io.quiverdb.coordinator.migration.port.VirtualWorld;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import io.quiverdb.coordinator.shard.ShardPage;
import io.quiverdb.coordinator.shard.WrittenSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Shards that hold collections, listed rows and search answers, as a test says. */
public final class StubShards implements ShardApi {
  /** One URL. */
  public static final class Stub {
    public final Map<String, ShardCollection> collections = new TreeMap<>();
    public final Map<String, List<Row>> rows = new TreeMap<>();

    /** Collections whose listing it refuses. */
    public final Set<String> unreadable = new TreeSet<>();

    /** Ids that searches find. */
    public final TreeSet<String> searchable = new TreeSet<>();

    public Role role = Role.WRITABLE;
    public boolean down;

    /** Lists no collections. */
    public boolean broken;

    public boolean refusesSearches;
    public boolean scopedKey;

    /** A search is answered when the index is there, and that is soon. */
    public boolean buildsAtOnce;

    public Duration delay = Duration.ofMillis(2);
    public Duration snapshotTakes = Duration.ofSeconds(2);

    /** By directory. */
    public final Map<String, Integer> snapshots = new TreeMap<>();

    public int openSearches;

    /** Deletes that it works on, now and at most. */
    int deletes;

    public int mostDeletes;
    public int mostOpenSearches;

    /** Points to the process whose collections it shows; itself if it is no alias or replica. */
    public Stub store = this;

    public void has(String name, long count) {
      has(name, count, "2");
    }

    public void has(String name, long count, String dim) {
      collections.put(name, collection(name, count, dim, Optional.of(true)));
    }

    public void indexReady(String name, boolean ready) {
      ShardCollection old = collections.get(name);
      collections.put(
          name,
          new ShardCollection(
              name, old.count(), old.index(), false, Optional.of(ready), old.schema()));
    }
  }

  private final VirtualWorld world;
  private final Map<String, Stub> byUrl = new LinkedHashMap<>();
  public final List<String> changes = new ArrayList<>();
  public final List<String> searches = new ArrayList<>();

  /** The most that a page could have brought. */
  public int largestPage;

  /** Deletes that all work on, now and at most. */
  public int deletes;

  public int mostDeletes;

  /** Called when something is about to be changed. */
  public Runnable onChange = () -> {};

  /** Called with the URL of a shard that begins a snapshot. */
  public Consumer<String> onSnapshot = url -> {};

  public StubShards(VirtualWorld world) {
    this.world = world;
  }

  public static ShardCollection collection(
      String name, long count, String dim, Optional<Boolean> indexReady) {
    return new ShardCollection(
        name,
        count,
        "ivf",
        false,
        indexReady,
        "{\"dim\":" + dim + ",\"index\":\"ivf\",\"metric\":\"l2\",\"name\":\"" + name + "\"}");
  }

  public Stub at(String url) {
    return byUrl.computeIfAbsent(url, key -> new Stub());
  }

  private Stub call(String url) throws ShardException, InterruptedException {
    Stub stub = at(url);
    world.sleep(stub.delay);
    if (stub.down) {
      throw new ShardException(Kind.NEVER_SENT, url, "connection refused");
    }
    return stub;
  }

  @Override
  public List<ShardCollection> collections(String url) throws ShardException, InterruptedException {
    Stub stub = call(url);
    if (stub.broken) {
      throw new ShardException(Kind.BROKEN, url, url + ": 500");
    }
    return List.copyOf(stub.store.collections.values());
  }

  @Override
  public void create(String url, ShardCollection like, Optional<Boolean> binary)
      throws ShardException, InterruptedException {
    Stub stub = call(url);
    onChange.run();
    changes.add("create " + like.name() + " " + url);
    if (stub.store.collections.containsKey(like.name())) {
      throw new ShardException(Kind.EXISTS, url, "it exists");
    }
    stub.store.collections.put(
        like.name(),
        new ShardCollection(
            like.name(), 0, like.index(), like.multivector(), like.indexReady(), like.schema()));
  }

  @Override
  public boolean drop(String url, String collection) throws ShardException, InterruptedException {
    Stub stub = call(url);
    onChange.run();
    changes.add("drop " + collection + " " + url);
    if (stub.scopedKey) {
      throw new ShardException(Kind.FORBIDDEN, url, "403");
    }
    return stub.store.collections.remove(collection) != null;
  }

  @Override
  public ShardPage fetch(
      String url, String collection, long offset, int limit, int maxBytes, Predicate<String> wanted)
      throws ShardException, InterruptedException {
    largestPage = Math.max(largestPage, maxBytes);
    List<Row> page =
        call(url).rows.getOrDefault(collection, List.of()).stream()
            .skip(offset)
            .limit(limit)
            .toList();
    if (at(url).unreadable.contains(collection)) {
      throw new ShardException(Kind.REFUSED, url, "a multivector collection");
    }
    if (page.stream().filter(row -> wanted.test(row.id())).mapToLong(Row::size).sum() > maxBytes) {
      throw new ShardException(Kind.REFUSED, url, "more than " + maxBytes + " bytes");
    }
    return new ShardPage(
        page.size(),
        page.isEmpty() ? "" : page.get(0).id(),
        page.isEmpty() ? "" : page.get(page.size() - 1).id(),
        page.stream().mapToLong(Row::size).sum(),
        page.stream().filter(row -> wanted.test(row.id())).toList());
  }

  @Override
  public int fetchLimit(String url, String collection) {
    return 10_000;
  }

  @Override
  public Optional<Row> point(String url, String collection, String id)
      throws ShardException, InterruptedException {
    return call(url).rows.getOrDefault(collection, List.of()).stream()
        .filter(row -> row.id().equals(id))
        .findFirst();
  }

  @Override
  public void upsert(String url, String collection, List<Row> rows, Way way)
      throws ShardException, InterruptedException {
    call(url);
    onChange.run();
    changes.add("upsert " + collection + " " + url);
  }

  @Override
  public void delete(String url, String collection, List<String> ids)
      throws ShardException, InterruptedException {
    Stub stub = at(url);
    stub.mostDeletes = Math.max(stub.mostDeletes, ++stub.deletes);
    mostDeletes = Math.max(mostDeletes, ++deletes);
    try {
      call(url);
    } finally {
      stub.deletes--;
      deletes--;
    }
    onChange.run();
    changes.add("delete " + collection + " " + url);
    stub.rows.computeIfPresent(
        collection,
        (name, rows) ->
            new ArrayList<>(rows.stream().filter(row -> !ids.contains(row.id())).toList()));
  }

  /** Waits for the index as 1.1.0 does, the caller's limit at most. */
  @Override
  public List<String> search(String url, String collection, Row near, int k, Duration limit)
      throws ShardException, InterruptedException {
    Stub stub = call(url);
    searches.add(collection + " " + url + " " + limit);
    if (stub.refusesSearches) {
      throw new ShardException(Kind.REFUSED, url, "400");
    }
    boolean open = limit.compareTo(Duration.ofHours(1)) > 0 && !stub.buildsAtOnce;
    if (open) {
      stub.openSearches++;
      stub.mostOpenSearches = Math.max(stub.mostOpenSearches, stub.openSearches);
      try {
        // It goes on waiting while writes come in, also when the index is there.
        world.sleep(limit);
      } finally {
        stub.openSearches--;
      }
    }
    boolean elsewhere =
        stub.rows.getOrDefault(collection, List.of()).stream()
            .anyMatch(row -> row.id().equals(near.id()) && !row.sameContent(near));
    return stub.searchable.contains(near.id()) && !elsewhere ? List.of(near.id()) : List.of();
  }

  /** Takes its time; a caller that leaves before finds the directory nevertheless. */
  @Override
  public WrittenSnapshot snapshot(String url, String directory, Duration limit)
      throws ShardException, InterruptedException {
    Stub stub = call(url);
    if (stub.role != Role.WRITABLE) {
      throw new ShardException(Kind.FORBIDDEN, url, "403");
    }
    if (stub.snapshots.putIfAbsent(directory, stub.store.collections.size()) != null) {
      throw new ShardException(Kind.EXISTS, url, "already exists: " + directory);
    }
    onSnapshot.accept(url);
    world.sleep(stub.snapshotTakes.compareTo(limit) < 0 ? stub.snapshotTakes : limit);
    if (stub.snapshotTakes.compareTo(limit) > 0) {
      throw new ShardException(Kind.TIMED_OUT, url, "no answer within " + limit);
    }
    return new WrittenSnapshot(stub.snapshots.size(), 7, 4096);
  }

  @Override
  public Role role(String url) throws ShardException, InterruptedException {
    return call(url).role;
  }

  @Override
  public boolean healthy(String url) throws InterruptedException {
    world.sleep(Duration.ofMillis(1));
    return !at(url).down;
  }
}
