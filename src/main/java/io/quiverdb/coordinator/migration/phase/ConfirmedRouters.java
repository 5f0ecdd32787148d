// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.phase;

import io.quiverdb.coordinator.migration.step.MigrationContext;
import java.util.Optional;
import java.util.Set;

/**
 * The routers that the barrier after the flip has waited for. Another one that is registered may
 * have worked with an older map until just now. Not thread-safe.
 */
final class ConfirmedRouters {
  private Optional<Set<String>> urls = Optional.empty();

  void are(Set<String> waitedFor) {
    urls = Optional.of(waitedFor);
  }

  /** If an earlier leader has waited: all that are registered. */
  Set<String> of(MigrationContext context) {
    return urls.orElseGet(() -> Set.copyOf(context.control().routers()));
  }
}
