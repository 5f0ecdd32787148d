// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a migration asks of a shard (docs/quiver-contract.md). Every call blocks until there is a
 * whole answer or its time is over, tries once, and names the shard by the base URL of the map.
 * Thread- safe.
 *
 * <p>Calls that change points or collections ask the {@link Fence} first and throw {@link
 * FencedException} without having sent anything that could take effect. When the moment passes
 * while the body is being sent, the rest is kept back and the call has {@link
 * ShardException.Kind#TIMED_OUT}.
 */
public interface ShardApi {
  /** What a page may have where nothing else is said: two of the largest rows that shards take. */
  int PAGE_BYTES = 32 << 20;

  /** The largest answer that {@link #fetch} takes for a page, wanted or not, in bytes. */
  int ANSWER_BYTES = 64 << 20;

  /** How points get in. */
  enum Way {
    /** {@code /points}: searchable at once where the index kind can. */
    POINTS,
    /** {@code /points:bulk}: fast, the index is built later. */
    BULK
  }

  /** What a delete of no ids tells of a shard. */
  enum Role {
    /** Takes writes. */
    WRITABLE,
    /** Refuses them with 403: a read replica, or a key that may not write. */
    READ_ONLY,
    /** Refuses them with 421. */
    RAFT_FOLLOWER
  }

  /** All collections that the key can see. */
  List<ShardCollection> collections(String url) throws ShardException, InterruptedException;

  /** All collections that the key can see, by name and in its order. */
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
   * @param limit rows at most; fewer come back where the collection ends
   * @param maxBytes of the rows that are wanted, in memory; a longer page is {@link
   *     ShardException.Kind#REFUSED}, as a limit is that the shard does not allow: the caller's
   *     memory is bounded for rows of any size
   * @param wanted by their ids; the others are counted and let go as they come in
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

  /** Deletes points; ids that are absent do no harm. */
  void delete(String url, String collection, List<String> ids)
      throws ShardException, InterruptedException;

  /**
   * The ids nearest to a point's vector.
   *
   * @param limit until the answer is there; the call is closed then
   */
  List<String> search(String url, String collection, Row near, int k, Duration limit)
      throws ShardException, InterruptedException;

  /** A delete of no ids: no effect, and tells within 2 s whether the shard takes writes. */
  Role role(String url) throws ShardException, InterruptedException;

  /** Whether {@code GET /healthz} answers 2xx within 2 s. */
  boolean healthy(String url) throws InterruptedException;
}
