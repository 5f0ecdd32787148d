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
  /** A member from the list in the log. */
  public static Member of(EnsembleMember recorded) {
    return new Member(recorded.id(), recorded.raft(), URI.create(recorded.http()));
  }

  /** This member in the form that the log stores. */
  public EnsembleMember recorded() {
    return new EnsembleMember(id, raft, http.toString());
  }

  /** A member of which only the address is known; its id is empty. */
  public static Member at(URI http) {
    return new Member("", "", http);
  }
}
