// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;

/**
 * Kills leaders at a chosen moment: it sees each request of theirs that changes something and each
 * entry of the log, and says what happens to them there.
 */
interface Ambush {
  /** Lets everybody pass. */
  Ambush NONE = new Ambush() {};

  /** What happens at a request. */
  enum AtRequest {
    /** Nothing. */
    PASSES,
    /** Its sender dies before it is sent. */
    KILLED_BEFORE,
    /** Its sender dies when it is sent. */
    KILLED_AFTER,
    /** The same, and it takes effect as late as possible. */
    KILLED_LONG_BEFORE
  }

  /** What happens at an entry that is about to be proposed. */
  enum AtEntry {
    /** Nothing. */
    PASSES,
    /** Its author dies, and nobody ever hears of it. */
    KILLED,
    /** The log refuses it. */
    REFUSED
  }

  /** A member sends a request that changes something. */
  default AtRequest request(Call call) {
    return AtRequest.PASSES;
  }

  /** A member is about to propose an entry. */
  default AtEntry proposed(long term, Command entry) {
    return AtEntry.PASSES;
  }

  /** An entry was logged, and nobody was told yet; whether its author dies now. */
  default boolean killsAfter(Command entry) {
    return false;
  }
}
