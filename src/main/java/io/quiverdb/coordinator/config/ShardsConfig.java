// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the coordinator talks to shards and routers.
 *
 * @param key presented to shards
 * @param routerKey presented to routers; an admin key of theirs
 * @param caFile signs the certificates of shards; empty: what the JVM trusts
 * @param connectTimeout until a connection stands
 * @param requestTimeout until an answer is there, body included; at most {@link
 *     MigrationConfig#dataTimeout}
 */
public record ShardsConfig(
    Optional<Secret> key,
    Optional<Secret> routerKey,
    Optional<Path> caFile,
    Duration connectTimeout,
    Duration requestTimeout) {
  /** Without keys. */
  public static final ShardsConfig DEFAULT =
      new ShardsConfig(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10));
}
