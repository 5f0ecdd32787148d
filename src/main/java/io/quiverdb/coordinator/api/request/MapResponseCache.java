// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.codec.ShardMapJson;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.Unsigned;
import java.util.Optional;

/** The JSON of the newest map, made once per map. Thread-safe without a lock. */
public final class MapResponseCache {
  private volatile Optional<Rendered> newest = Optional.empty();

  /**
   * A map and its bytes.
   *
   * @param etag {@code "<version>"}, with the quotes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Rendered(ShardMap map, byte[] bytes, String etag) {
    static Rendered of(ShardMap map) {
      return new Rendered(map, ShardMapJson.toBytes(map), '"' + Unsigned.text(map.version()) + '"');
    }
  }

  /** Two threads that meet a new map at once both render it; the results are equal. */
  @SuppressWarnings("ReferenceEquality") // one object for as long as the map stays the same
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
