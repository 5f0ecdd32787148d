// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.util.List;
import java.util.Optional;

/**
 * Who the members are: as the log says, or the configuration until the log says so. Thread-safe.
 */
@FunctionalInterface
public interface Members {
  /** All members; this one is among them unless it was removed. */
  List<Member> all();

  /** The member with this id. */
  default Optional<Member> find(String id) {
    return all().stream().filter(member -> member.id().equals(id)).findFirst();
  }
}
