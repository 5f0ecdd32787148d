// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A command to be logged, with all inputs that the pure {@code apply} needs.
 *
 * @param stamp who proposed it, where and when
 * @param idempotencyKey makes a repetition of the request return the first result
 * @param expectedMapVersion refuse the command if the map is at another version; unsigned
 * @param command the change itself
 */
public record Proposal(
    Stamp stamp,
    Optional<IdempotencyKey> idempotencyKey,
    OptionalLong expectedMapVersion,
    Command command) {

  /** A proposal without idempotency key and without expected version. */
  public static Proposal of(Stamp stamp, Command command) {
    return new Proposal(stamp, Optional.empty(), OptionalLong.empty(), command);
  }
}
