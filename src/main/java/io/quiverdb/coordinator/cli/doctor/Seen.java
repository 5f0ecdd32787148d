// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.cli.rest.MemberFound;
import java.util.List;
import java.util.Map;

/**
 * The observations from this machine.
 *
 * @param named the members that the operator named
 * @param members every member that was found or named
 * @param looks by id: further answers of a member besides its status
 * @param raft by Raft address: why it takes no connection; empty if it does
 * @param addresses by host: the addresses that its name stands for; none if it is not known
 * @param spills the spill files, as a member tells them; a missing node if none does
 */
record Seen(
    List<Endpoint> named,
    List<MemberFound> members,
    Map<String, Look> looks,
    Map<String, String> raft,
    Map<String, List<String>> addresses,
    JsonNode spills) {
  /**
   * The answers of a member besides its status.
   *
   * @param report its health report
   * @param metrics its metrics; empty if it does not answer
   */
  record Look(JsonNode report, String metrics) {}

  List<MemberFound> answering() {
    return members.stream().filter(MemberFound::answers).toList();
  }

  /** The list of members, from the first member that answers. */
  JsonNode list() {
    return answering().get(0).status().path("members");
  }
}
