// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/** The result of an operation on the map: the map after it, or why it was refused. */
public sealed interface MapChange {
  /**
   * The operation was accepted.
   *
   * @param map the map after it, one version higher
   */
  record Changed(ShardMap map) implements MapChange {}

  /**
   * The operation was refused; the map and its version stay as they are.
   *
   * @param refusal why, for programs
   * @param detail why, for the operator: what happened, to what, what to do
   */
  record Refused(Refusal refusal, String detail) implements MapChange {}
}
