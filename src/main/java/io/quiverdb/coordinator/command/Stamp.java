// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

/**
 * Who proposed a command, where and when.
 *
 * @param node id of the member that proposed it
 * @param keyId id of the API key that asked for it, never its secret; {@link #SYSTEM} for the
 *     ensemble's own commands
 * @param epochMillis the proposer's wall clock, milliseconds since 1970-01-01T00:00:00Z: for people
 *     alone, as nothing that happens may depend on it
 * @param countedMillis the time that the ensemble has counted, in milliseconds from the wall clock
 *     of its first entry: real time in which a member ran, whatever wall clocks did since
 */
public record Stamp(String node, String keyId, long epochMillis, long countedMillis) {
  /** The key id of commands that no client asked for. */
  public static final String SYSTEM = "system";

  /** A stamp of a proposer whose wall clock has counted right. */
  public Stamp(String node, String keyId, long epochMillis) {
    this(node, keyId, epochMillis, epochMillis);
  }
}
