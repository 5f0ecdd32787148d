// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.model.EnsembleMember;

/** Reads a member that a caller describes, as strictly as the configuration. */
@FunctionalInterface
public interface MemberSyntax {
  /**
   * The member, its addresses in the form that the configuration uses.
   *
   * @throws IllegalArgumentException if one of these is not valid; the message names it
   */
  EnsembleMember read(String id, String raft, String http);
}
