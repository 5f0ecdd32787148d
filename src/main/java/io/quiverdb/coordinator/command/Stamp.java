package io.quiverdb.coordinator.command;

/**
 * Who proposed a command, where and when.
 *
 * @param node id of the member that proposed it
 * @param keyId id of the API key that asked for it, never its secret; {@link #SYSTEM} for the
 *     ensemble's own commands
 * @param epochMillis the proposer's clock, milliseconds since 1970-01-01T00:00:00Z
 */
public record Stamp(String node, String keyId, long epochMillis) {
  /** The key id of commands that no client asked for. */
  public static final String SYSTEM = "system";
}
