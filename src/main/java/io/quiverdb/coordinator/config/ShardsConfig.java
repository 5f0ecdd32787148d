// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The connections to shards and routers.
 *
 * @param key the API key for shards
 * @param routerKey the API key for routers; one of their admin keys
 * @param caFile signs the certificates of shards; empty: what the JVM trusts
 * @param connectTimeout the longest time to open a connection
 * @param requestTimeout the longest time until the whole answer has arrived; at most {@link
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
