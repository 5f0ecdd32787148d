// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether this leadership can change the configuration no more.
 *
 * <p>A leader that was deposed while it took a member out, and elected again, keeps Ratis' sender
 * of that member: its first entry is the new configuration alone, and senders are only tidied where
 * the old one is left step by step. Adding the member fails then with an {@link
 * IllegalStateException} ("Found duplicated element"), and leaves a request behind at which every
 * later change fails with another. Both are part of one leadership; the next one begins without.
 *
 * <p>Only what breaks a precondition within Ratis counts. What a busy machine brings is something
 * else: time-outs, a change that is still under way, a leadership that has just ended; the last may
 * break one precondition, but its term ends too. Used by one thread.
 */
final class JammedChanges {
  private static final int ENOUGH = 2;

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

  /** A change was made: nothing is in the way. */
  void changed() {
    failures = 0;
  }

  /** Whether changes fail in this term, for any member. */
  boolean in(long inTerm) {
    return inTerm == term && failures >= ENOUGH;
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
