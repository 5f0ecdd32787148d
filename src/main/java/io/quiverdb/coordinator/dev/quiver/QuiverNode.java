// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.Optional;

/**
 * The operations behind Quiver's REST surface, which shards and routers have in common.
 *
 * <p>Every method throws {@link QuiverError} for requests that the real one refuses.
 * Implementations are thread-safe.
 */
public interface QuiverNode {
  /** The release it behaves like. */
  QuiverVersion version();

  /** What one request may ask of it. */
  Limits limits();

  /** Creates a collection. */
  CollectionInfo create(CollectionSchema schema);

  /** All collections, by name in the byte order of UTF-8. */
  List<CollectionInfo> collections();

  /** One collection. */
  CollectionInfo collection(String name);

  /**
   * Drops a collection.
   *
   * @return whether there was one
   */
  boolean drop(String name);

  /**
   * Writes points; the last write of an id wins.
   *
   * @param bulk whether the index is left to a later build
   * @return how many were written
   */
  long upsert(String collection, List<Point> points, boolean bulk);

  /**
   * Deletes points. Without ids it has no effect and asks for no collection, but still tells
   * whether this node takes writes.
   *
   * @return how many there were
   */
  long delete(String collection, List<String> ids);

  /** The point with this id; empty if there is none. */
  Optional<Point> point(String collection, String id);

  /**
   * A page of points in the byte order of UTF-8 of their ids, as they stand now.
   *
   * @param offset rows to skip, 0 or more
   * @param limit rows at most, 0 or more
   */
  List<Point> fetch(String collection, long offset, long limit);

  /** The nearest points that the index knows, or the word to wait for the index. */
  SearchOutcome search(String collection, SearchRequest request);

  /**
   * Answers as if it had written all that it holds into a directory; in memory nothing is written.
   *
   * @return the number of what it holds
   */
  long snapshot(String destination);

  /** The shard map it has adopted; empty if it is no router. */
  Optional<ShardMap> map();
}
