// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The calls of a migration to shards (docs/quiver-contract.md). Every call blocks until the whole
 * answer or its time-out, tries once, and names the shard by its base URL in the map. Thread- safe.
 *
 * <p>Calls that change points or collections ask the {@link Fence} first and throw {@link
 * FencedException} without having sent anything that could take effect. If the moment passes while
 * the body is being sent, the rest is not sent and the call fails with {@link
 * ShardException.Kind#TIMED_OUT}.
 */
public interface ShardApi {
  /** The default limit of a page, in bytes: two of the largest rows that shards accept. */
  int PAGE_BYTES = 32 << 20;

  /**
   * The largest answer that {@link #fetch} accepts for a page, in bytes, including rows that are
   * not wanted.
   */
  int ANSWER_BYTES = 64 << 20;

  /** How points are written. */
  enum Way {
    /** {@code /points}: searchable at once if the index kind supports that. */
    POINTS,
    /** {@code /points:bulk}: fast, the index is built later. */
    BULK
  }

  /** The result of an empty delete. */
  enum Role {
    /** It accepts writes. */
    WRITABLE,
    /** It refuses them with 403: a read replica, or a key that may not write. */
    READ_ONLY,
    /** It refuses them with 421. */
    RAFT_FOLLOWER
  }

  /** All collections that the key can see. */
  List<ShardCollection> collections(String url) throws ShardException, InterruptedException;

  /** All collections that the key can see, by name, in the order of the names. */
  default SortedMap<String, ShardCollection> collectionsByName(String url)
      throws ShardException, InterruptedException {
    SortedMap<String, ShardCollection> byName = new TreeMap<>();
    for (ShardCollection collection : collections(url)) {
      byName.put(collection.name(), collection);
    }
    return byName;
  }

  /**
   * Creates a collection like {@code like}.
   *
   * @param binary what to pass for a {@code disk_vamana} collection, which does not report it
   */
  void create(String url, ShardCollection like, Optional<Boolean> binary)
      throws ShardException, InterruptedException;

  /**
   * Drops a collection.
   *
   * @return whether there was one
   */
  boolean drop(String url, String collection) throws ShardException, InterruptedException;

  /**
   * One page of the live listing, sorted by id as UTF-8 bytes, with vectors and payloads; up to
   * {@link #ANSWER_BYTES}.
   *
   * @param limit the most rows; fewer are returned at the end of the collection
   * @param maxBytes of the rows that are wanted, in memory; a longer page is {@link
   *     ShardException.Kind#REFUSED}, as a limit is that the shard does not allow: the caller's
   *     memory is bounded for rows of any size
   * @param wanted by their ids; the others are counted and discarded while they arrive
   */
  ShardPage fetch(
      String url, String collection, long offset, int limit, int maxBytes, Predicate<String> wanted)
      throws ShardException, InterruptedException;

  /** All rows of a page of up to {@link #PAGE_BYTES}. */
  default List<Row> fetch(String url, String collection, long offset, int limit)
      throws ShardException, InterruptedException {
    return fetch(url, collection, offset, limit, PAGE_BYTES, id -> true).rows();
  }

  /**
   * The most rows that {@link #fetch} may ask this shard for, up to 1,000,000; asked once and
   * remembered until a fetch is refused.
   */
  int fetchLimit(String url, String collection) throws ShardException, InterruptedException;

  /**
   * One point.
   *
   * @param id not empty: no point read can name the empty id
   * @return empty if the shard says that it is absent
   */
  Optional<Row> point(String url, String collection, String id)
      throws ShardException, InterruptedException;

  /** Writes points; the last write of an id wins. */
  void upsert(String url, String collection, List<Row> rows, Way way)
      throws ShardException, InterruptedException;

  /** Deletes points; absent ids are ignored. */
  void delete(String url, String collection, List<String> ids)
      throws ShardException, InterruptedException;

  /**
   * The ids nearest to a point's vector.
   *
   * @param limit the time-out; the connection is closed then
   */
  List<String> search(String url, String collection, Row near, int k, Duration limit)
      throws ShardException, InterruptedException;

  /**
   * Writes all that the shard holds into a directory on its own disk. It takes no write and answers
   * no read meanwhile. It goes on if this call ends before it answers.
   *
   * @param directory absolute, and below a directory that is not the shard's own; must not exist
   *     ({@link ShardException.Kind#EXISTS})
   * @param limit the time-out
   */
  WrittenSnapshot snapshot(String url, String directory, Duration limit)
      throws ShardException, InterruptedException;

  /** Deletes no ids: has no effect, and shows within 2 s whether the shard accepts writes. */
  Role role(String url) throws ShardException, InterruptedException;

  /** Whether {@code GET /healthz} answers 2xx within 2 s. */
  boolean healthy(String url) throws InterruptedException;
}
