// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Spills.Spilled;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.Row;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A donor's point and what its owner has under the same id.
 *
 * @param there null if the owner lacks it
 */
record Comparison(Row row, Shard owner, @Nullable Row there) {
  /** An owner that was away for longer may have come back without its points. */
  static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();

  boolean isSame() {
    return there != null && there.sameContent(row);
  }

  boolean isAbsent() {
    return there == null;
  }

  /** As it is kept before it is deleted. */
  Spilled spilled(String collection, Shard donor) {
    return new Spilled(collection, donor.primaryUrl(), row, isAbsent());
  }

  static int absentOf(List<Comparison> compared) {
    return (int) compared.stream().filter(Comparison::isAbsent).count();
  }
}
