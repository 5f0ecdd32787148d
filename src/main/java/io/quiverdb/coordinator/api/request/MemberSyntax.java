// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.model.EnsembleMember;

/** Reads what a caller says of a member, as strictly as the configuration is read. */
@FunctionalInterface
public interface MemberSyntax {
  /**
   * The member, its addresses in the form in which the configurations have them.
   *
   * @throws IllegalArgumentException if one of these is none; the message names it
   */
  EnsembleMember read(String id, String raft, String http);
}
