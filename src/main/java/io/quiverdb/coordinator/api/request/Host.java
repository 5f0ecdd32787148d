// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The machine and the process of a member.
 *
 * @param certificateLeft how long the member's certificate is valid; negative if it is not; empty:
 *     it has none
 * @param diskFree bytes that are left where it keeps its data; empty: not known
 * @param diagnostics its process and configuration, to find a fault; no secrets
 */
public record Host(
    Supplier<Optional<Duration>> certificateLeft,
    Supplier<OptionalLong> diskFree,
    Supplier<ObjectNode> diagnostics) {
  /** Nothing is known of it. */
  public static final Host UNKNOWN =
      new Host(Optional::empty, OptionalLong::empty, JsonNodeFactory.instance::objectNode);
}
