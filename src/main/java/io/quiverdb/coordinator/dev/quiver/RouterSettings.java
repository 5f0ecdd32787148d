// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a router is started with.
 *
 * @param version the release it behaves like
 * @param seedUrls shards of its own map, which it uses until a newer one comes
 * @param coordinatorUrl what it polls; empty: nothing
 * @param pollInterval from the end of a poll to the next one
 * @param shardKey what it presents to shards and to the coordinator; empty: nothing
 * @param keys who may call it; empty: everyone
 */
public record RouterSettings(
    QuiverVersion version,
    List<String> seedUrls,
    Optional<String> coordinatorUrl,
    Duration pollInterval,
    Optional<String> shardKey,
    List<DevKey> keys) {
  /** Quiver's own interval. */
  public static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

  /** Copies the lists, so that the record is immutable. */
  public RouterSettings {
    seedUrls = List.copyOf(seedUrls);
    keys = List.copyOf(keys);
  }

  /** A router of the newest release without keys. */
  public static RouterSettings of(List<String> seedUrls, String coordinatorUrl) {
    return new RouterSettings(
        QuiverVersion.V1_1_0,
        seedUrls,
        Optional.of(coordinatorUrl),
        POLL_INTERVAL,
        Optional.empty(),
        List.of());
  }
}
