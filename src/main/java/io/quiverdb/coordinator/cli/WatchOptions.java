// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The limit of waiting for a migration that holds. */
final class WatchOptions {
  @Option(
      names = "--hold-limit",
      paramLabel = "TIME",
      description =
          "Exit with code 4 when the migration has held or been paused for this"
              + " long, such as 30s or 10m; no limit by default. The migration itself is"
              + " not changed.")
  private @Nullable Duration holdLimit;

  Optional<Duration> holdLimit() {
    return Optional.ofNullable(holdLimit);
  }
}
