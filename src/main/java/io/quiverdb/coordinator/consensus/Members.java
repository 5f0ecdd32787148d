// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.util.List;
import java.util.Optional;

/** The members: the list in the log, or the configuration until the log has one. Thread-safe. */
@FunctionalInterface
public interface Members {
  /** All members, including this one unless it was removed. */
  List<Member> all();

  /** The member with this id. */
  default Optional<Member> find(String id) {
    return all().stream().filter(member -> member.id().equals(id)).findFirst();
  }
}
