// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import io.quiverdb.coordinator.model.EnsembleMember;
import java.net.URI;

/**
 * One member of the ensemble.
 *
 * @param id unique, stable over restarts
 * @param raft {@code host:port} on which the other members reach its Raft server
 * @param http base URL of its REST surface, without trailing slash
 */
public record Member(String id, String raft, URI http) {
  /** As the log has it. */
  public static Member of(EnsembleMember recorded) {
    return new Member(recorded.id(), recorded.raft(), URI.create(recorded.http()));
  }

  /** In the form for the log. */
  public EnsembleMember recorded() {
    return new EnsembleMember(id, raft, http.toString());
  }

  /** Whichever member answers at an address: its id is not known yet, and empty. */
  public static Member at(URI http) {
    return new Member("", "", http);
  }
}
