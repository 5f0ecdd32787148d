// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

/**
 * Who proposed a command, where and when.
 *
 * @param node id of the member that proposed it
 * @param keyId id of the API key that asked for it, never its secret; {@link #SYSTEM} for the
 *     ensemble's own commands
 * @param epochMillis the proposer's wall clock, milliseconds since 1970-01-01T00:00:00Z: for
 *     display only; no rule may depend on it
 * @param countedMillis the counted time of the ensemble, in milliseconds. It starts at the wall
 *     clock of the first entry and counts the time in which a member ran, independent of wall
 *     clocks
 */
public record Stamp(String node, String keyId, long epochMillis, long countedMillis) {
  /** The key id of commands that no client asked for. */
  public static final String SYSTEM = "system";

  /** A stamp whose counted time is the wall clock. */
  public Stamp(String node, String keyId, long epochMillis) {
    this(node, keyId, epochMillis, epochMillis);
  }
}
