// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.api.http.EntityTags;
import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON of the newest map, rendered once per map. Thread-safe, without a lock. */
public final class MapResponseCache {
  private volatile Optional<Rendered> newest = Optional.empty();

  /**
   * A map and its bytes.
   *
   * @param etag {@code "<version>"}, with the quotes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Rendered(ShardMap map, byte[] bytes, String etag) {
    /** Whether the header {@code If-None-Match} names this version: the answer is 304 then. */
    public boolean isKnownTo(@Nullable String ifNoneMatch) {
      return EntityTags.noneMatch(ifNoneMatch, etag);
    }

    static Rendered of(ShardMap map) {
      return new Rendered(map, ShardMapJson.toBytes(map), EntityTags.of(map.version()));
    }
  }

  /** Renders a new map. Two threads may render the same map at once; the results are equal. */
  @SuppressWarnings("ReferenceEquality") // the same object while the map is unchanged
  public Rendered of(ShardMap map) {
    Optional<Rendered> known = newest;
    if (known.isPresent() && known.get().map() == map) {
      return known.get();
    }
    Rendered rendered = Rendered.of(map);
    newest = Optional.of(rendered);
    return rendered;
  }
}
