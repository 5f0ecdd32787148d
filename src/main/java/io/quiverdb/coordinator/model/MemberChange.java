// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Locale;
import java.util.Optional;

/**
 * The change of the list of members that is under way. There is one at a time.
 *
 * @param index the log index of the entry that began it, or that changed it last; identifies the
 *     change
 * @param kind what was asked for
 * @param step the current step of the leader
 * @param id the member that is added, removed or moved; for a replacement, the new one
 * @param replaces for a replacement, the member that is removed
 * @param keyId the id of the API key that asked for it
 * @param sinceMillis when it was asked for: milliseconds since 1970-01-01T00:00:00Z, by the clock
 *     of the member that proposed it; for display only
 */
public record MemberChange(
    long index,
    Kind kind,
    Step step,
    String id,
    Optional<String> replaces,
    String keyId,
    long sinceMillis) {

  /** What was asked for. */
  public enum Kind {
    /** One more member. */
    ADD,
    /** One member fewer. */
    REMOVE,
    /** A new member instead of another one. */
    REPLACE,
    /** The same member, with the same data, at another address. */
    SET_ADDRESS;

    /** The name in REST, the log and snapshots. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A step of the leader. It ends with an entry of the leader. */
  public enum Step {
    /** The new member receives the data; it does not vote before it has caught up. */
    ADDING,
    /** The removed member loses its vote. */
    REMOVING,
    /** The member is awaited at its new address. */
    MOVING;

    /** The name in REST, the log and snapshots. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** This replacement at its second step, which began at a log index. */
  public MemberChange removing(long from) {
    return new MemberChange(from, kind, Step.REMOVING, id, replaces, keyId, sinceMillis);
  }

  /** The member that does not vote yet. */
  public Optional<String> joining() {
    return step == Step.ADDING ? Optional.of(id) : Optional.empty();
  }

  /** The member that loses its vote. */
  public Optional<String> leaving() {
    return step == Step.REMOVING ? Optional.of(replaces.orElse(id)) : Optional.empty();
  }

  /** What is under way, in words. */
  public String describe() {
    return switch (kind) {
      case ADD -> "member " + id + " is being added";
      case REMOVE -> "member " + id + " is being removed";
      case REPLACE -> "member " + replaces.orElse("") + " is being replaced by " + id;
      case SET_ADDRESS -> "member " + id + " is awaited at another address";
    };
  }
}
