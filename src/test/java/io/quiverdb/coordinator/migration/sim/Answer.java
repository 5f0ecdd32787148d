// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.QuiverResponse;

/** What the sender of a request hears. */
sealed interface Answer {
  /** The shard answered. */
  record Heard(QuiverResponse response) implements Answer {}

  /** Nobody listens there: it surely had no effect. */
  record Refused() implements Answer {}

  /** The connection broke: it may have had an effect. */
  record Broken() implements Answer {}
}
