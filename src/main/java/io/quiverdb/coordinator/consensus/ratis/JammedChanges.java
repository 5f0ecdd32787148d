// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import org.jspecify.annotations.Nullable;

/**
 * Detects that this leadership can no longer change the configuration.
 *
 * <p>Assume a leader is deposed while it removes a member, and is elected again. It keeps Ratis'
 * sender of that member: its first entry is the new configuration alone, and senders are only
 * tidied where the old one is left step by step. Adding the member then fails with an {@link
 * IllegalStateException} ("Found duplicated element"), and leaves a request behind at which every
 * later change fails with another one. Both belong to one leadership; the next one begins without
 * them.
 *
 * <p>Only a broken precondition within Ratis counts. Time-outs, a change that is still under way,
 * and a leadership that has just ended are normal on a busy machine; the last may break a
 * precondition, but its term ends too. Used by one thread.
 */
final class JammedChanges {
  private static final int JAMMED_AFTER = 2;

  private long term = -1;
  private int failures;

  /** A change was sent in this term, and failed. */
  void failed(long inTerm, @Nullable Throwable why) {
    if (inTerm != term) {
      term = inTerm;
      failures = 0;
    }
    if (brokePrecondition(why)) {
      failures++;
    }
  }

  /** Notes a change that was made: nothing blocks them. */
  void changed() {
    failures = 0;
  }

  /** Whether changes fail in this term, for any member. */
  boolean in(long inTerm) {
    return inTerm == term && failures >= JAMMED_AFTER;
  }

  private static boolean brokePrecondition(@Nullable Throwable why) {
    for (@Nullable Throwable each = why; each != null; each = each.getCause()) {
      if (each instanceof IllegalStateException) {
        return true;
      }
    }
    return false;
  }
}
