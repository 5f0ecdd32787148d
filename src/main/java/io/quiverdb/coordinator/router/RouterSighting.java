// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

import io.quiverdb.coordinator.model.ShardMap;
import java.time.Instant;
import java.util.Optional;

/**
 * The known state of a registered router.
 *
 * @param url as it was registered
 * @param map the map it had adopted when it answered last
 * @param lastContact when it answered last
 * @param lastError why the newest attempt failed; empty if it did not
 * @param behindSince since when every answer was another map than the newest one; empty if the last
 *     answer was the newest map
 */
public record RouterSighting(
    String url,
    Optional<ShardMap> map,
    Optional<Instant> lastContact,
    Optional<String> lastError,
    Optional<Instant> behindSince) {

  /** Whether its newest answer was this map: version and content. */
  public boolean confirms(ShardMap current) {
    return lastError.isEmpty() && map.equals(Optional.of(current));
  }
}
