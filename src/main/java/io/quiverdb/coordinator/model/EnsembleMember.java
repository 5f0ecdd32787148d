// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.regex.Pattern;

/**
 * One member of the ensemble in the list in the log.
 *
 * @param id letters, digits, {@code . _ -}; at most 64
 * @param raft {@code host:port} at which the others reach its Raft server
 * @param http base URL of its REST surface, without a trailing slash
 */
public record EnsembleMember(String id, String raft, String http) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Whether a text has the shape of an id. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Whether both have an address in common. */
  boolean collides(EnsembleMember other) {
    return raft.equalsIgnoreCase(other.raft) || http.equalsIgnoreCase(other.http);
  }
}
