// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/** The answer of the replicated state to a command. A caller may also not know the outcome. */
public sealed interface Outcome {
  /**
   * The command was accepted.
   *
   * @param result its result
   */
  record Accepted(Result result) implements Outcome {}

  /**
   * The command was refused and changed nothing that it names (an add still uses up its id).
   *
   * @param refusal why, for programs
   * @param detail why, for the operator; at most {@value #MAX_DETAIL} characters
   * @param mapVersion the version of the map that refused it, or of the growth policy if that has
   *     another version than expected; unsigned
   */
  record Rejected(Refusal refusal, String detail, long mapVersion) implements Outcome {
    /** The longest detail, in characters. */
    public static final int MAX_DETAIL = 300;

    /** Cuts an overlong detail: it is kept with the idempotency key. */
    public Rejected {
      detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
    }

    /**
     * The map is at another version than the caller expects; both unsigned.
     *
     * @param version the map's
     */
    public static Rejected otherVersion(long version, long expected) {
      return new Rejected(
          Refusal.VERSION_MISMATCH,
          "the map is at version " + Unsigned.text(version) + ", not " + Unsigned.text(expected),
          version);
    }
  }
}
