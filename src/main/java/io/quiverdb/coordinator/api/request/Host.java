// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The machine that a member runs on.
 *
 * @param certificateLeft how long the member's certificate is valid; negative if it is not; empty:
 *     it has none
 * @param diskFree bytes that are left where it keeps its data; empty: not known
 */
public record Host(Supplier<Optional<Duration>> certificateLeft, Supplier<OptionalLong> diskFree) {
  /** Nothing is known of it. */
  public static final Host UNKNOWN = new Host(Optional::empty, OptionalLong::empty);
}
